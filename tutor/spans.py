"""Calls of chat models, and the turns that they are made for, as OpenTelemetry spans.

Names follow the semantic conventions for generative AI
(https://github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai). No span holds a word of what was asked or
said, nor who asked. Where the program that runs Atenea has set up OpenTelemetry, spans go where it sends them; else
over OTLP to OTEL_EXPORTER_OTLP_ENDPOINT, by default this machine.
"""

from collections.abc import Mapping
from contextvars import Context
from typing import TYPE_CHECKING

from agents.model_call import DONE, STOPPED, ModelCall
from tutor.errors import TutorError

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

AGENT = "atenea"
IN_PROCESS = "transformers:"
_NANO = 1_000_000_000


class TurnSpan:
    """The span of a turn that runs."""

    def __init__(self, span: "Span") -> None:
        self._span = span

    def judge(self, sentences: Mapping[str, int]) -> None:
        """What became of its sentences."""
        self._span.set_attributes({f"atenea.sentences.{name}": count for name, count in sentences.items()})

    def end(self) -> None:
        """The turn has ended."""
        self._span.end()


class Spans:
    """Makes spans with a tracer."""

    def __init__(self, tracer: "Tracer") -> None:
        self.tracer = tracer

    def turn(self, context: Context) -> TurnSpan:
        """The span of a turn that begins; calls that run in `context` stand under it."""
        from opentelemetry import trace  # noqa: PLC0415  of an extra
        from opentelemetry.context import attach  # noqa: PLC0415  the same

        names = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": AGENT, "gen_ai.provider.name": AGENT}
        span = self.tracer.start_span(f"invoke_agent {AGENT}", attributes=names)
        context.run(attach, trace.set_span_in_context(span))
        return TurnSpan(span)

    def call(self, call: ModelCall) -> None:
        """The span of a call that has just ended, in the context in which it ended."""
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415  of an extra

        provider, _, rest = call.model.partition(":")
        model = rest.rpartition("#")[2].rstrip("/").rpartition("/")[2] or call.model  # never a whole path
        begun = int(call.at * _NANO)
        span = self.tracer.start_span(
            f"chat {model}", kind=SpanKind.INTERNAL if call.model.startswith(IN_PROCESS) else SpanKind.CLIENT,
            start_time=begun, attributes={
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model,
                "gen_ai.request.stream": call.first_seconds is not None, "gen_ai.usage.input_tokens": call.tokens_in,
                "gen_ai.usage.output_tokens": call.tokens_out, "atenea.tokens_counted": call.counted,
                "atenea.ended": call.ended,
            },
        )  # fmt: skip
        if call.prompt:
            span.set_attributes({"gen_ai.prompt.name": call.prompt, "gen_ai.prompt.version": call.prompt_hash})
        if call.first_seconds is not None:
            span.set_attribute("gen_ai.response.time_to_first_chunk", call.first_seconds)
        if call.ended not in {DONE, STOPPED}:
            span.set_attribute("error.type", call.ended)
            span.set_status(StatusCode.ERROR)
        span.end(begun + int(call.seconds * _NANO))


def open_spans() -> Spans:
    """Spans that go where OpenTelemetry is set up to send them. Raises `TutorError` without the extra "otel"."""
    try:
        from opentelemetry import trace  # noqa: PLC0415  of an extra
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  the same
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  the same
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  the same
    except ImportError as error:
        raise TutorError("traces-extra") from error
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    return Spans(provider.get_tracer(AGENT))
