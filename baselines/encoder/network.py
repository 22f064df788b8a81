"""The network behind :mod:`baselines.encoder`: a pretrained encoder, its tokenizer, and a head for each decision."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmark import segment
from benchmark.documents import Document
from benchmark.errors import InvalidInput, MissingExtra, shorten

if TYPE_CHECKING:
    import torch

_WINDOWS = 16  # run at once
_PAIRS = 65_536  # scored at once
_FEATURE = 32  # dimensions of the embedding of one feature of a pair
_HIDDEN = 256  # units between a pair and its roles
_HEADS = "heads.safetensors"
_SURROGATE = re.compile("[\ud800-\udfff]")


class Sizes(NamedTuple):
    """How many classes each head tells apart, and how many values each feature of a pair has."""

    trigger: int
    factuality: int
    mention: int
    role: int
    features: tuple[int, ...]


class Layout(NamedTuple):
    """A document cut into windows: ids of sub-tokens, and in each the positions of the first ones of its tokens."""

    tokens: list[tuple[int, int]]
    windows: list[list[int]]
    first: list[list[int]]


def libraries() -> tuple[Any, Any]:
    """``torch`` and ``transformers``.

    Raises:
        MissingExtra: one of them is not installed.
    """
    try:
        import torch
        import transformers
    except ImportError as error:
        raise MissingExtra(str(error.name), "transformers") from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return torch, transformers


def device(name: str) -> torch.device:
    """The device of that name; for ``auto`` a GPU where there is one.

    Raises:
        InvalidInput: there is no such device here.
    """
    import torch

    # Read when CUDA starts; without it matrix products may differ from run to run.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        found: torch.device = torch.zeros(1, device=name).device
        if found.type == "meta":
            raise RuntimeError("meta holds no values")
    except (RuntimeError, AssertionError) as error:
        raise InvalidInput(f"device {name!r} is not to be had here", "auto, cpu, cuda or cuda:N") from error
    return found


class Network:
    """Encoder, tokenizer and heads.

    Args:
        name: of the encoder on the hub, or its folder.
        revision: branch, tag or commit on the hub.
        offline: whether to take it from the local cache alone.
        sizes: of the heads.
        window: sub-tokens that the encoder reads at once, special ones included; fewer where it takes no more.
        where: the device to run on.

    Raises:
        InvalidInput: the encoder is not to be had, has no safetensors weights or no fast tokenizer.
    """

    def __init__(
        self, name: str, revision: str | None, offline: bool, sizes: Sizes, window: int, where: torch.device
    ) -> None:
        torch, transformers = libraries()
        try:
            folder = _folder(name, revision, offline)
            self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
            # Weights that are kept in half precision are read so; they are trained in single precision.
            self.encoder = transformers.AutoModel.from_pretrained(
                folder, trust_remote_code=False, use_safetensors=True
            ).float()
        except Exception as error:  # what lies in a model's folder is anybody's, and so is what it makes a loader raise
            reason = " ".join(str(error).split()) or type(error).__name__
            raise InvalidInput(
                f"encoder {shorten(name)!r} cannot be loaded: {shorten(reason, 200)}",
                "the hub name or folder of an encoder with safetensors weights; offline, one that is in the local cache",
            ) from error
        if not self.tokenizer.is_fast:
            raise InvalidInput(f"encoder {shorten(name)!r} with a slow tokenizer", "an encoder with tokenizer.json")
        config = self.encoder.config
        width = config.hidden_size
        linear = torch.nn.Linear
        self.heads = torch.nn.ModuleDict(
            {
                "trigger": linear(width, sizes.trigger),
                "factuality": linear(width, sizes.factuality),
                "mention": linear(width, sizes.mention),
                "features": torch.nn.ModuleList(torch.nn.Embedding(n, _FEATURE) for n in sizes.features),
                "role": torch.nn.Sequential(
                    linear(3 * width + _FEATURE * len(sizes.features), _HIDDEN),
                    torch.nn.GELU(),
                    torch.nn.Dropout(0.1),
                    linear(_HIDDEN, sizes.role),
                ),
            }
        )
        self.where = where
        #: Everything that has weights.
        self.module = torch.nn.ModuleDict({"encoder": self.encoder, "heads": self.heads}).to(where)
        # The edges of a window: what the tokenizer puts around nothing.
        self._edges: list[int] = self.tokenizer("")["input_ids"]
        # RoBERTa and its kin keep the first positions for padding.
        most = min(getattr(config, "max_position_embeddings", window) - 2, self.tokenizer.model_max_length)
        self.room = max(1, min(window, most) - len(self._edges))

    def layout(self, document: Document) -> Layout:
        """Tokens of ``document`` and the windows of whole sentences that it is read in.

        A sentence that is longer than a window is cut; a token that the tokenizer drops has the sub-token after it.
        """
        spans = [s for s in document.sentences if s[0] < s[1]]
        texts = [_SURROGATE.sub("\ufffd", document.text[a:b]) for a, b in spans]
        found = {}
        if texts:
            found = self.tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        laid = Layout([], [], [])
        for i, (start, end) in enumerate(spans):
            ids, ends = found["input_ids"][i], [e for _, e in found["offset_mapping"][i]]
            places: list[tuple[int, int]] = []
            for at in range(0, len(ids), self.room):
                piece = ids[at : at + self.room]
                if not laid.windows or len(laid.windows[-1]) + len(piece) > self.room + len(self._edges[:1]):
                    laid.windows.append(self._edges[:1])
                    laid.first.append([])
                places += [(len(laid.windows) - 1, len(laid.windows[-1]) + k) for k in range(len(piece))]
                laid.windows[-1].extend(piece)
            for token in segment.tokens(document.text, start, end) if places else ():
                window, position = places[min(bisect_right(ends, token[0] - start), len(places) - 1)]
                laid.tokens.append(token)
                laid.first[window].append(position)
        for window_ids in laid.windows:
            window_ids.extend(self._edges[1:])
        return laid

    def vectors(self, layouts: Sequence[Layout]) -> list[torch.Tensor]:
        """Of each document, the vector of the first sub-token of each token: tokens × width."""
        import torch

        windows = [(window, layout.first[j]) for layout in layouts for j, window in enumerate(layout.windows)]
        found: list[torch.Tensor] = []
        for at in range(0, len(windows), _WINDOWS):
            chunk = windows[at : at + _WINDOWS]
            longest = max(len(w) for w, _ in chunk)
            pad = self.tokenizer.pad_token_id or 0
            ids = torch.tensor([w + [pad] * (longest - len(w)) for w, _ in chunk], device=self.where)
            mask = torch.tensor([[1] * len(w) + [0] * (longest - len(w)) for w, _ in chunk], device=self.where)
            states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            # Only what is asked for is kept: a document may be long.
            for row, (_, positions) in zip(states, chunk, strict=True):
                found.append(row[torch.tensor(positions, dtype=torch.long, device=self.where)])
        ends = list(accumulate(len(layout.windows) for layout in layouts))
        empty = torch.zeros((0, self.encoder.config.hidden_size), device=self.where)
        return [torch.cat([empty, *found[a:b]]) for a, b in pairwise([0, *ends])]

    def roles(self, vectors: torch.Tensor, pairs: torch.Tensor) -> torch.Tensor:
        """Score of each role for pairs of tokens: pairs × roles.

        Args:
            vectors: of the document's tokens.
            pairs: one row each: token of the trigger, token of the filler, then the value of each feature.
        """
        import torch

        trigger, filler = vectors.index_select(0, pairs[:, 0]), vectors.index_select(0, pairs[:, 1])
        features = [embed(pairs[:, 2 + n]) for n, embed in enumerate(self.heads["features"])]
        found: torch.Tensor = self.heads["role"](torch.cat([trigger, filler, trigger * filler, *features], dim=1))
        return found

    def role_scores(self, vectors: torch.Tensor, pairs: Sequence[Sequence[int]]) -> Iterator[list[float]]:
        """Probability of each role for each pair, any number of them."""
        import torch

        for at in range(0, len(pairs), _PAIRS):
            chunk = torch.tensor(pairs[at : at + _PAIRS], dtype=torch.long, device=self.where)
            yield from self.roles(vectors, chunk).sigmoid().tolist()

    def weights(self) -> dict[str, torch.Tensor]:
        """A copy of all weights, in main memory."""
        return {k: v.detach().cpu().clone() for k, v in self.module.state_dict().items()}

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), tokenizer and config (JSON)."""
        from safetensors.torch import save_file

        self.encoder.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        save_file({k: v.detach().cpu().contiguous() for k, v in self.heads.state_dict().items()}, folder / _HEADS)

    def load_heads(self, folder: Path) -> None:
        """Read the heads that :meth:`save` wrote; the encoder is opened from the same folder."""
        from safetensors.torch import load_file

        self.heads.load_state_dict(load_file(folder / _HEADS))


def _folder(name: str, revision: str | None, offline: bool) -> str:
    """The folder of an encoder; one of the hub is brought into the hub's cache, less all that may hold code or pickles."""
    import huggingface_hub

    if Path(name).is_dir():
        return name
    # The loaders are given a folder and never a name: even told to use local files only, they ask the hub.
    found: str = huggingface_hub.snapshot_download(
        name,
        revision=revision,
        local_files_only=offline,
        allow_patterns=["*.json", "*.safetensors", "*.txt", "*.model"],
        ignore_patterns=["*/*"],
    )
    return found
