"""A language model behind an endpoint of the OpenAI kind, asked for JSON of a fixed schema.

The model gets the guidelines in short, ``k`` documents of train with their gold, and the document with numbered
sentences and the times that :mod:`baselines.dates` finds. It quotes words; where they stand is found again here
(:class:`baselines.llm.prompt.Places`), and nothing that it writes but offsets and names of the ontology gets into a
prediction.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import msgspec

from baselines import dates
from baselines.fillers import Filler
from baselines.llm import prompt
from baselines.llm.client import Account, Client
from baselines.llm.prompt import Answer, FoundEvent, Places
from benchmark.corpus import ontology
from benchmark.documents import MAX_NAME, Argument, Document, Entity, Event, Prediction, Span, Status, Time
from benchmark.errors import InvalidInput
from benchmark.extract import cache_folder

_log = logging.getLogger(__name__)
_MAX_ANSWER = 256 * 2**10  # characters; an article of the gold takes some ten thousand


class Llm:
    """Asks a model for each document.

    Args:
        model: its name at the endpoint.
        examples: documents of train that are shown with their gold.
        parallel: requests under way at once, where documents are announced (:meth:`prepare`).
        temperature, seed, max_tokens: of the answer; ``None`` leaves it to the server.
        timeout: seconds for one answer.
        attempts: requests for one document, the first included.
        backoff: seconds before the second request; doubled before each one after it, unless the server names a time.
        prompt_price, completion_price: of a million tokens, in any currency; only for the account.
    """

    kind = "llm"
    deterministic = False

    def __init__(
        self,
        model: str,
        examples: int = 3,
        parallel: int = 4,
        temperature: float | None = 0.0,
        seed: int | None = 0,
        max_tokens: int | None = 8192,
        timeout: float = 180.0,
        attempts: int = 5,
        backoff: float = 1.0,
        prompt_price: float = 0.0,
        completion_price: float = 0.0,
    ) -> None:
        self.model, self.examples, self.parallel = model, examples, parallel
        self.sampling = {"temperature": temperature, "seed": seed, "max_tokens": max_tokens}
        self.timeout, self.attempts, self.backoff = timeout, attempts, backoff
        self.prices = prompt_price, completion_price
        self.account = Account()
        #: Parts of answers that were left out or stand elsewhere than was said, by kind.
        self.repairs: Counter[str] = Counter()
        self._preamble = prompt.preamble([])
        self._schema = prompt.schema(ontology())
        self._client: Client | None = None
        self._pending: dict[Document, Future[tuple[list[Time], Answer | None]]] = {}

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Choose the examples; nothing is sent."""
        self._preamble = prompt.preamble(prompt.choose(train, self.examples))

    @property
    def failed(self) -> int:
        """Documents that no valid answer was had for."""
        return self.account.unanswered

    def prepare(self, documents: Sequence[Document]) -> None:
        """Begin to ask for ``documents``, ``parallel`` at once; :meth:`extract` then takes the answers."""
        client = self._open()
        pool = ThreadPoolExecutor(self.parallel, thread_name_prefix="llm")
        for document in documents:
            if _asked(document) and document not in self._pending:
                self._pending[document] = pool.submit(self._ask, client, document)
        pool.shutdown(wait=False)  # what was submitted is still done

    def extract(self, document: Document) -> Prediction:
        """Ask, or take the answer that was asked for, and find the spans of what it quotes.

        A document that no valid answer was had for gets its times only, and is counted (``account.unanswered``).

        Raises:
            EndpointFailed: the endpoint refuses or cannot be reached.
            InvalidInput: no model is named, or endpoint or key in the environment is none.
        """
        if not _asked(document):
            return Prediction(document.doc_id, times=tuple(dates.find(document)))
        client = self._open()
        try:
            waiting = self._pending.pop(document, None)
            times, answer = waiting.result() if waiting else self._ask(client, document)
        except BaseException:
            client.stop()
            for left in self._pending.values():
                left.cancel()
            raise
        if answer is None:
            _log.warning("no valid answer for document %s", document.doc_id)
            found = Prediction(document.doc_id, times=tuple(times))
        else:
            found = _Reading(document, times, answer, self.repairs).prediction()
        if not self._pending:
            _log.info("%s", self.report())
        return found

    def report(self) -> str:
        """The account in one line."""
        account = self.account
        counts = msgspec.to_builtins(account) | dict(sorted(self.repairs.items()))
        line = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in counts.items())
        prompt_price, completion_price = self.prices
        cost = (account.prompt_tokens * prompt_price + account.completion_tokens * completion_price) / 1e6
        return f"{line}, cost {cost:.4f}" if cost else line

    def _open(self) -> Client:
        if not self.model:
            raise InvalidInput("llm without a model", "extractor.model=NAME of a model that the endpoint serves")
        if self._client is None:
            self._client = Client(self.timeout, self.attempts, self.backoff, cache_folder() / "llm", self.account)
        return self._client

    def _ask(self, client: Client, document: Document) -> tuple[list[Time], Answer | None]:
        times = dates.find(document)
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [*self._preamble, prompt.question(document, times)],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "annotations", "strict": True, "schema": self._schema},
            },
            **{name: value for name, value in self.sampling.items() if value is not None},
        }
        return times, client.ask(body, _read)


def _asked(document: Document) -> bool:
    return any(prompt.sentences(document))


def _read(content: str) -> Answer:
    if len(content) > _MAX_ANSWER:
        raise ValueError("an answer longer than any document takes")
    return msgspec.json.decode(content, type=Answer)


class _Reading:
    """The prediction that an answer comes to; what cannot be used is left out and counted by kind."""

    def __init__(self, document: Document, times: Sequence[Time], answer: Answer, repairs: Counter[str]) -> None:
        self.document, self.times, self.answer, self.repairs = document, times, answer, repairs
        self.places = Places(document)
        self.fillers = {t.id: Filler(t.id, t.type, [Span(t.start, t.end)], document) for t in times}

    def prediction(self) -> Prediction:
        """Entities first, then events, then the statuses of their encounters."""
        entities = list(self.entities())
        names: dict[str, str] = {}
        events: list[Event] = []
        for given in self.answer.events:
            event = self.event(given, f"V{len(events) + 1}")
            if event is not None:
                encounter = names.setdefault(given.encounter, f"x{len(names) + 1}")
                events.append(msgspec.structs.replace(event, encounter=encounter))
        statuses: dict[str, Status] = {}
        for status in self.answer.statuses:
            if status.encounter not in names or status.status not in ontology().statuses:
                self.repairs["dropped status"] += 1
                continue
            name = names[status.encounter]
            statuses.setdefault(name, Status(name, status.status))
        used = {a.ref for v in events for a in v.arguments}
        self.repairs["moved quotation"] += self.places.moved
        return Prediction(
            self.document.doc_id,
            tuple(events),
            tuple(e for e in entities if e.id in used),
            tuple(self.times),
            tuple(statuses.values()),
        )

    def entities(self) -> Iterator[Entity]:
        """Entities with a mention that stands in the text; the longest is the name."""
        for given in self.answer.entities:
            found = [self.places.find(q) for q in given.mentions]
            spans = tuple(sorted({s for s in found if s is not None}))
            self.repairs["dropped mention"] += found.count(None)
            if not spans or given.type not in ontology().entity_types or given.id in self.fillers:
                self.repairs["dropped entity"] += 1
                continue
            number = f"E{len(self.fillers) - len(self.times) + 1}"
            filler = self.fillers[given.id] = Filler(number, given.type, spans, self.document)
            yield Entity(number, given.type, filler.longest.of(self.document.text)[:MAX_NAME], spans)

    def event(self, given: FoundEvent, number: str) -> Event | None:
        """The event of what was found, if its trigger stands in the text and its names are those of the ontology."""
        known = ontology()
        trigger = self.places.find(given.trigger)
        if trigger is None or given.label not in known.labels or given.factuality not in known.factuality:
            self.repairs["dropped event"] += 1
            return None
        arguments: dict[tuple[str, str], Argument] = {}
        for wanted in given.arguments:
            filler = self.fillers.get(wanted.filler)
            role = known.roles.get(wanted.role)
            if (
                filler is None
                or role is None
                or wanted.role not in known.labels[given.label].roles
                or filler.type not in role.filler
                or (role.max is not None and sum(r == wanted.role for r, _ in arguments) >= role.max)
            ):
                self.repairs["dropped argument"] += 1
                continue
            span = filler.argument(trigger)
            arguments.setdefault((wanted.role, filler.id), Argument(wanted.role, span.start, span.end, filler.id))
        return Event(number, given.label, trigger, given.factuality, None, tuple(arguments.values()))
