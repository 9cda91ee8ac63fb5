"""What goes wrong in the interfaces for others, in the shape that OpenAI's clients read.

``{"error": {"message": ..., "type": ..., "param": ..., "code": ...}}``: a sentence for a person, a code for a program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from interpreter.errors import AudioError, ChoiceError, InterpreterError, LanguageError, ModelError, TextError
from venues.errors import VenueError

PREFIX = "/v1/"
"""Where the interfaces for others begin."""

_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES: dict[type[InterpreterError], tuple[int, str]] = {
    LanguageError: (400, "language_not_served"),
    ChoiceError: (400, "invalid_value"),
    TextError: (400, "invalid_text"),
    AudioError: (400, "invalid_audio"),
    ModelError: (503, "model_unavailable"),
}


class Described(BaseModel):
    """What goes over the wire; the words below a field are its description in OpenAPI."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Asked(Described):
    """What comes in; a parameter that there is not is refused."""

    model_config = ConfigDict(extra="forbid")


class Problem(Described):
    """What was wrong."""

    message: str = Field(examples=["the text is empty; give some words."])
    """One sentence for a person."""
    type: str = Field(examples=["invalid_request_error"])
    """Kind, as OpenAI's clients know it."""
    param: str | None = Field(default=None, examples=["input"])
    """The parameter that was wrong."""
    code: str = Field(examples=["invalid_text"])
    """For programs; does not change."""


class Problems(Described):
    """The body of every answer that is an error."""

    error: Problem


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problems, "description": description}
    for status, description in {
        400: "A value that cannot be used; the sentence says which and what to give instead.",
        401: "The key is missing or wrong.",
        404: "There is nothing of that name.",
        413: "More than is taken at once.",
        422: "A parameter is missing, unknown or of the wrong kind; or nothing could be made of the input.",
        429: "Too many requests from this address; Retry-After says when to come again.",
        503: "Too much work at once; Retry-After says when to come again.",
    }.items()
}
"""For the description of every route."""


class Refused(HTTPException):
    """A request that is not answered: a status, a code for programs and a sentence for people."""

    def __init__(
        self, status: int, code: str, message: str, *, param: str | None = None, retry_after: float | None = None,
        **details: Any,
    ) -> None:  # fmt: skip
        """``retry_after``: seconds; ``details``: more keys of the error."""
        headers = {} if retry_after is None else {"Retry-After": str(max(1, round(retry_after + 0.5)))}
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        super().__init__(status, message, headers)
        self.code, self.param, self.details = code, param, details

    def response(self) -> Response:
        """The answer that says it."""
        kind = _KINDS.get(self.status_code, "invalid_request_error" if self.status_code < 500 else "server_error")
        error = {"message": self.detail, "type": kind, "param": self.param, "code": self.code, **self.details}
        return JSONResponse({"error": error}, self.status_code, dict(self.headers or {}))


def refusal(error: Exception) -> Refused:
    """What is told of an error of the interpreter or of the venues."""
    if isinstance(error, Refused):
        return error
    for kind, (status, code) in _CODES.items():
        if isinstance(error, kind):
            return Refused(status, code, str(error))
    return Refused(400, "invalid_request", str(error))


async def refuse(problem: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with a problem before any route has seen it; uvicorn throws the rest of its body away."""
    await problem.response()(scope, receive, send)


def add_handlers(app: FastAPI) -> None:
    """Answer every error under ``/v1`` in one shape; pages keep their own."""

    def ours(request: Request) -> bool:
        return request.url.path.startswith(PREFIX)

    @app.exception_handler(HTTPException)
    async def _refused(request: Request, error: HTTPException) -> Response:
        if isinstance(error, Refused):
            return error.response()
        if not ours(request):
            return await http_exception_handler(request, error)
        return _reshaped(request, error).response()

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        if not ours(request):
            return await request_validation_exception_handler(request, error)
        return _unreadable(error.errors()).response()

    async def _known(_: Request, error: Exception) -> Response:
        return refusal(error).response()

    app.add_exception_handler(InterpreterError, _known)
    app.add_exception_handler(VenueError, _known)


def _reshaped(request: Request, error: HTTPException) -> Refused:
    method, path = request.method, request.url.path
    if error.status_code == 404:
        return Refused(404, "not_found", f"there is nothing at {path}; /v1/openapi.json describes what there is.")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        problem = Refused(405, "method_not_allowed", f"{path} does not take {method}; use {allowed}.")
        problem.headers = {**(problem.headers or {}), "Allow": allowed}
        return problem
    return Refused(error.status_code, "invalid_request", f"{str(error.detail).rstrip('.')}.")


def _unreadable(errors: Sequence[Any]) -> Refused:
    # A parameter that was misspelt is missing, too: the misspelling is what helps.
    first = min(errors, key=lambda each: each["type"] != "extra_forbidden")
    place = ".".join(str(part) for part in first["loc"][1:])
    if first["type"] == "json_invalid":
        return Refused(422, "invalid_json", "the body is no JSON; send one object as application/json.")
    if first["type"] == "extra_forbidden":
        return Refused(422, "unknown_parameter", f"'{place}' is no parameter here; see /v1/openapi.json.", param=place)
    if first["type"] == "missing":
        what = f"'{place}' is missing" if place else "the body is missing"
        return Refused(422, "missing_parameter", f"{what}; see /v1/openapi.json.", param=place or None)
    message = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    return Refused(422, "invalid_parameter", f"{place or 'the body'}: {message}.", param=place or None)
