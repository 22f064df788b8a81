"""The transformer baseline on a tiny random model with a tokenizer made on the spot: no weights are fetched."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import Sommet

from baselines import dates
from benchmark import corpus, extractor, results, segment
from benchmark.documents import Argument, Document, Entity, Event, Prediction, Span, check, stripped
from benchmark.errors import InvalidInput, MissingExtra
from benchmark.scoring.families import select
from benchmark.scoring.score import Setting, figures, tally

torch = pytest.importorskip("torch", reason="make test-transformers installs it")
pytest.importorskip("transformers")

from baselines.encoder import Encoder  # noqa: E402 - torch is there
from baselines.encoder.network import Network  # noqa: E402

pytestmark = pytest.mark.transformers

# Small enough that more threads only get in each other's way.
torch.set_num_threads(1)

WINDOW = 64
FAST = {
    "offline": True,
    "device": "cpu",
    "batch": 2,
    "learning_rate": 3e-3,
    "head_learning_rate": 3e-3,
    "window": WINDOW,
}


def made(
    number: int, text: str, people: dict[str, str], events: Sequence[tuple[str, str, str, dict[str, str]]]
) -> Document:
    """A gold document: entities by name and type; events by trigger, label, factuality, and the role of each filler."""
    document = Document(f"d{number}", text=text, published="2025-10-16", sentences=segment.sentences(text))
    times = dates.find(document)
    words = {text[t.start : t.end]: t.id for t in times}
    entities = []
    for n, (name, kind) in enumerate(people.items(), 1):
        starts = [i for i in range(len(text)) if text.startswith(name, i)]
        entities.append(Entity(f"E{n}", kind, name, tuple(Span(i, i + len(name)) for i in starts)))
        words[name] = f"E{n}"
    found = []
    for n, (trigger, label, factuality, roles) in enumerate(events, 1):
        at = text.index(trigger)
        arguments = []
        for filler, role in roles.items():
            start = text.index(filler)
            arguments.append(Argument(role, start, start + len(filler), words[filler]))
        span = Span(at, at + len(trigger))
        found.append(Event(f"V{n}", label, span, factuality, f"x{n}", tuple(arguments)))
    return msgspec.structs.replace(document, events=tuple(found), entities=tuple(entities), times=tuple(times))


TRAIN = [
    made(
        1,
        "Marec et Solvane se sont rencontrés mardi à Valdris.\nLa pluie tombait sur les quais.",
        {"Marec": "PER", "Solvane": "PER", "Valdris": "GPE"},
        [
            (
                "rencontrés",
                "SummitHeld",
                "asserted",
                dict.fromkeys(["Marec", "Solvane"], "Participant") | {"mardi": "Date", "Valdris": "Place"},
            )
        ],
    ),
    made(
        2,
        "Orbane a annulé le sommet.\nUn porte-parole l’a dit hier soir.\nTessaly n’a pas encore réagi.",
        {"Orbane": "GPE", "Tessaly": "GPE"},
        [
            (
                "annulé",
                "SummitCancelled",
                "asserted",
                {"Orbane": "Agent", "hier soir": "ActDate", "Tessaly": "Participant"},
            )
        ],
    ),
    made(
        3,
        "Quint n’a pas appelé Brandt.\nLe ministre le jure, et le port reste fermé.",
        {"Quint": "PER", "Brandt": "PER"},
        [("appelé", "CallHeld", "negated", dict.fromkeys(["Quint", "Brandt"], "Participant"))],
    ),
    made(
        4,
        "La Ligue de Brévan propose une réunion à Ourdal.\nElle exige aussi le retrait des navires.",
        {"Ligue de Brévan": "ORG", "Ourdal": "PER"},
        [
            ("propose", "MeetingProposed", "asserted", {"Ligue de Brévan": "Agent", "Ourdal": "Participant"}),
            ("exige", "Demand", "asserted", {"Ligue de Brévan": "Agent"}),
        ],
    ),
]


def make_encoder(folder: Path, texts: Sequence[str]) -> Path:
    """A CamemBERT of two layers with random weights, and a tokenizer trained on ``texts``."""
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Punctuation(), pre_tokenizers.Metaspace()])
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=300, special_tokens=special, show_progress=False)
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    names = dict(zip(["bos_token", "pad_token", "eos_token", "unk_token", "mask_token"], special, strict=True))
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=WINDOW, **names)
    torch.manual_seed(0)
    config = transformers.CamembertConfig(
        vocab_size=len(fast),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=WINDOW + 2,
        pad_token_id=1,
    )
    transformers.AutoModel.from_config(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_encoder(tmp_path_factory.mktemp("tiny"), [d.text for d in TRAIN])


@pytest.fixture(scope="module")
def trained(tiny: Path) -> Encoder:
    system = Encoder(str(tiny), epochs=40, **FAST)
    system.fit(TRAIN, [])
    return system


def f1(documents: Sequence[Document], predictions: Sequence[Prediction], metric: str) -> float:
    counts = tally(documents, predictions, select([metric]), corpus.ontology())
    return figures(counts, Setting("-", "-", "-", "-", len(documents)), resamples=0)[metric].f1 or 0.0


def predictions(system: Encoder, documents: Sequence[Document] = TRAIN) -> list[Prediction]:
    return [extractor.predict(system, d, extractor.opaque_id(d), corpus.ontology()) for d in documents]


def test_it_learns_a_few_documents_by_heart(trained: Encoder) -> None:
    assert trained.losses[-1] < trained.losses[0] / 10
    found = predictions(trained)
    assert f1(TRAIN, found, "TC") >= 0.9
    assert f1(TRAIN, found, "TC-fact") >= 0.9
    assert f1(TRAIN, found, "AC+") >= 0.8
    assert f1(TRAIN, found, "Date-V") >= 0.8
    assert trained.parameters == sum(v.numel() for v in trained._network.weights().values())


def test_what_is_kept_predicts_the_same_and_is_data(trained: Encoder, tmp_path: Path) -> None:
    trained.save(tmp_path)
    assert {p.suffix for p in tmp_path.rglob("*") if p.is_file()} == {".safetensors", ".json"}
    again = Encoder("no/such-model", offline=True, device="cpu", window=WINDOW)
    again.load(tmp_path)
    assert predictions(again) == predictions(trained)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tiny: Path, tmp_path: Path) -> None:
    kept = []
    for n, seed in enumerate((1, 1, 2)):
        system = Encoder(str(tiny), epochs=2, seed=seed, **FAST)
        system.fit(TRAIN, TRAIN[:1])
        folder = tmp_path / str(n)
        folder.mkdir()
        system.save(folder)
        files = {p.name: p.read_bytes() for p in sorted(folder.iterdir())}
        kept.append((files, results.prediction_bytes(predictions(system))))
    assert kept[0] == kept[1]
    assert kept[0][0]["model.safetensors"] != kept[2][0]["model.safetensors"]
    assert kept[0][0]["heads.safetensors"] != kept[2][0]["heads.safetensors"]


def test_training_stops_when_dev_gets_no_better_and_the_best_is_kept(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = Encoder(str(tiny), epochs=50, patience=2, **FAST)
    scores = iter([0.1, 0.5, 0.3, 0.5, 0.2, 0.9])
    seen: list[dict[str, Any]] = []

    def score(dev: Sequence[Document]) -> float:
        seen.append(system._network.weights())
        return next(scores)

    monkeypatch.setattr(system, "_score", score)
    system.fit(TRAIN, TRAIN[:1])
    assert len(system.losses) == 4  # two after the best
    kept = system._network.weights()
    assert all(torch.equal(kept[name], seen[1][name]) for name in kept)
    assert not all(torch.equal(kept[name], seen[3][name]) for name in kept)


def test_dev_is_scored_without_its_gold(trained: Encoder) -> None:
    found = [trained.extract(stripped(d, d.doc_id)) for d in TRAIN]
    assert trained._score(TRAIN) == pytest.approx((f1(TRAIN, found, "TC") + f1(TRAIN, found, "AC+")) / 2)


# ----------------------------------------------------------------------------------------------------------------------
# Windows and sub-tokens

LONG = "Le sommet de Valdris, prévu mardi, a été annulé par Orbane. " * 30 + "\n" + "très, " * 200 + "\nFin."


@pytest.mark.parametrize("window", [5, 16, WINDOW, 512])
def test_windows_hold_every_token_once_and_whole_sentences(trained: Encoder, tiny: Path, window: int) -> None:
    document = Document("long", text=LONG, sentences=segment.sentences(LONG))
    network = Network(str(tiny), None, True, trained._classes.sizes(), window, torch.device("cpu"))
    layout = network.layout(document)
    assert layout.tokens == [t for a, b in document.sentences for t in segment.tokens(LONG, a, b)]
    assert sum(map(len, layout.first)) == len(layout.tokens)
    limit = min(window, WINDOW)
    assert all(w[0] == 0 and w[-1] == 2 and len(w) <= limit for w in layout.windows)
    ids = [i for w in layout.windows for i in w[1:-1]]
    alone = [network.tokenizer(LONG[a:b], add_special_tokens=False)["input_ids"] for a, b in document.sentences]
    assert ids == [i for sentence in alone for i in sentence]
    if window >= WINDOW:
        # A sentence that fits begins and ends in one window.
        cuts = {sum(len(w) - 2 for w in layout.windows[:n]) for n in range(len(layout.windows) + 1)}
        at = 0
        for sentence in alone:
            if len(sentence) <= limit - 2:
                assert not any(at < cut < at + len(sentence) for cut in cuts)
            at += len(sentence)


def test_each_token_is_read_at_its_first_sub_token(trained: Encoder) -> None:
    document = TRAIN[3]
    network, layout = trained._network, trained._network.layout(document)
    positions = [(w, p) for w, own in enumerate(layout.first) for p in own]
    for (start, _), (window, position) in zip(layout.tokens, positions, strict=True):
        piece = network.tokenizer.convert_ids_to_tokens(layout.windows[window][position]).removeprefix("▁")

        assert document.text[start:].startswith(piece)


def test_a_document_reads_the_same_alone_and_among_others(trained: Encoder) -> None:
    network = trained._network
    layouts = [network.layout(d) for d in (*TRAIN, Document("empty"))]
    with torch.inference_mode():
        together = network.vectors(layouts)
        for layout, vectors in zip(layouts, together, strict=True):
            (alone,) = network.vectors([layout])
            assert vectors.shape == (len(layout.tokens), 32)
            assert torch.allclose(alone, vectors, atol=1e-5)


HOSTILE = {
    "empty": "",
    "one character": "a",
    "long": "Le sommet annoncé mardi par Marec à Valdris a été annulé le 3 mai. " * 300,
    "one long word": "é" * 20_000,
    "other scripts": "习近平 и Путин встретились 五月三日 في موسكو",
    "control characters": "Le\x00 sommet\x07 annulé\x1b[31m mardi\u2028par Marec\u2029.",
    "a lone surrogate": "Le sommet \ud800 de mardi.",
    "only punctuation": "«»…--''’’.,;:!?\n\n\n",
    "special tokens": "<s> Le </s> sommet <pad> a été <mask> annulé. <unk>",
    "surrogate pairs": "😀 sommet 😀 annulé 😀",
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("published", ["2025-10-22", None])
def test_hostile_text(trained: Encoder, case: str, published: str | None) -> None:
    text = HOSTILE[case]
    document = Document("x", text=text, published=published, sentences=segment.sentences(text))
    check(extractor.predict(trained, document, "opaque", corpus.ontology()), corpus.ontology(), len(text))


def test_nothing_to_learn_from_is_no_error(tiny: Path) -> None:
    system = Encoder(str(tiny), epochs=1, **FAST)
    blank = Document("blank", text="Rien.", sentences=((0, 5),))
    system.fit([blank, Document("empty")], [blank])
    predictions(system, [blank])


def test_weights_in_half_precision_are_trained_in_single(tiny: Path, tmp_path: Path) -> None:
    import transformers

    half = tmp_path / "half"
    shutil.copytree(tiny, half)
    transformers.AutoModel.from_pretrained(tiny).half().save_pretrained(half)
    system = Encoder(str(half), epochs=1, **FAST)
    system.fit(TRAIN, [])
    assert {v.dtype for v in system._network.weights().values() if v.is_floating_point()} == {torch.float32}


# ----------------------------------------------------------------------------------------------------------------------
# Where an encoder comes from


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Host names that were looked up; none is found, and the hub's cache is empty."""
    asked: list[str] = []

    def refuse(host: str, *_: object, **__: object) -> None:
        asked.append(host)
        raise socket.gaierror("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return asked


@pytest.mark.parametrize("name", ["no/such-model", "bad name!", "/nowhere", "", "../..", "x" * 500])
def test_an_unknown_model_is_one_line_and_offline_asks_nobody(lookups: list[str], name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be loaded") as refused:
        Encoder(name, offline=True).fit(TRAIN, [])
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 600
    assert lookups == []


def test_online_the_hub_is_asked(lookups: list[str]) -> None:
    with pytest.raises(InvalidInput, match="cannot be loaded"):
        Encoder("no/such-model", offline=False).fit(TRAIN, [])
    assert lookups


@pytest.mark.parametrize("damage", ["pickle", "no weights", "no JSON", "unknown type", "remote code", "cut off"])
def test_weights_that_are_no_safetensors_are_refused(tiny: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny, folder)
    weights, config = folder / "model.safetensors", folder / "config.json"
    settings = json.loads(config.read_text(encoding="utf-8"))
    if damage == "pickle":
        from safetensors.torch import load_file

        torch.save(load_file(weights), folder / "pytorch_model.bin")
    if damage in ("pickle", "no weights"):
        weights.unlink()
    elif damage == "cut off":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif damage == "no JSON":
        config.write_text("{", encoding="utf-8")
    elif damage == "unknown type":
        config.write_text(json.dumps({**settings, "model_type": "nothing"}), encoding="utf-8")
    elif damage == "remote code":
        (folder / "evil.py").write_text("raise SystemExit('ran')", encoding="utf-8")
        remote = {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}
        config.write_text(json.dumps({**settings, "model_type": "evil", "auto_map": remote}), encoding="utf-8")
    with pytest.raises(InvalidInput, match="cannot be loaded"):
        Encoder(str(folder), **FAST).fit(TRAIN, [])


@pytest.mark.parametrize("name", ["nonsense", "cuda:99", "meta", ""])
def test_a_device_that_is_not_there_is_one_line(tiny: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="device"):
        Encoder(str(tiny), device=name).fit(TRAIN, [])


def test_what_is_missing_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"torch is not installed.*sommet\[transformers\]"):
        Encoder("x").fit(TRAIN, [])


def test_it_runs_from_the_command_line(sommet: Sommet, tiny: Path, tmp_path: Path) -> None:
    words = [f"extractor.{key}={json.dumps(value)}" for key, value in {**FAST, "epochs": 1, "model": str(tiny)}.items()]
    done = sommet(
        "run", "extractor=transformers", *words, "train.share=0.1", "metrics=headline", env={"OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr
    (found,) = results.find(tmp_path / "runs")
    record = results.read(found)
    assert record.system.kind == "transformer"
    assert "torch" in record.run.packages
