"""What went wrong on the network, in a sentence for a person, and the phase it belongs to.

Exceptions of sockets, TLS, h11 and httpx become words here; none of their own sentences is shown where we
have a plainer one. Nothing is sent or read here.
"""

import re
import socket
import ssl
from typing import TypeAlias

import httpx

from arazzo_tui.engine.exchange import Phase
from arazzo_tui.language.printable import one_line
from arazzo_tui.world.connections import ProxyFailed
from arazzo_tui.world.tls import BadTls
from arazzo_tui.world.wire import At, Dropped, TlsFailed, TooMuch, TooSlow

Broken: TypeAlias = tuple[Phase, str]
"""Where an exchange broke off, and a sentence about it."""


def out_of_time(at: At) -> str:
    """What an exchange was at when its whole time was over."""
    match at:
        case "connect":
            return "it was still connecting"
        case "proxy":
            return "the proxy had not opened the way"
        case "tls":
            return "TLS was not agreed"
        case "write":
            return "the request had not left whole"
        case "first byte":
            return "not a byte of it had come"
        case "head" | "body":
            return "its head had not come whole"


def explained(wrong: Exception, url: str) -> Broken:
    """The phase an exception of the network belongs to, and a sentence for a person."""
    where = one_line(url, 120)
    said = one_line(_PYTHON_BYTES.sub(r"\1", str(wrong)) or type(wrong).__name__)
    certificate = _inner(wrong)
    match wrong:
        case TooSlow():
            return _too_slow(wrong, where)
        case TooMuch():
            return "limit", f"{where} sends too much: {said}"
        case BadTls():
            return "tls", f"TLS with {where} cannot be spoken: {said}"
        case ProxyFailed():
            return "connect", f"{where} was not reached: {said}{_why_not(wrong)}"
        case _ if certificate is not None:
            return "tls", f"TLS with {where}: {_about_tls(certificate)}"
        case TlsFailed():
            return "tls", f"TLS with {where}: the server broke the handshake off"
        case httpx.ConnectError():
            return "connect", f"cannot connect to {where}: {_about_connecting(wrong, said)}"
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | httpx.LocalProtocolError():
            return "write", f"the request to {where} cannot be sent: {said}"
        case UnicodeError():
            return "write", f"the request to {where} cannot be sent: a header is no Latin-1 text"
        case ValueError():
            return "connect", f"{where} was not called: {said}"
        case _:
            return _broken_off(wrong, where, said)


def _too_slow(wrong: TooSlow, where: str) -> Broken:
    """The phase whose own time was over, by name."""
    within = f"within {wrong.seconds:g} s"
    match wrong.at:
        case "connect":
            return "connect", f"no connection to {where} {within}"
        case "proxy":
            return "connect", f"no way to {where} was opened {within}"
        case "tls":
            return "tls", f"TLS with {where} was not agreed {within}"
        case "write":
            return "timeout", f"{where} did not take the whole request {within}"
        case "first byte":
            return "timeout", f"{where} did not begin to answer {within}"
        case "head" | "body":
            return "timeout", f"{where} sent nothing more for {wrong.seconds:g} s"


def _why_not(wrong: ProxyFailed) -> str:
    """What the network said of a proxy; nothing where the proxy itself has spoken."""
    cause = wrong.__cause__
    if cause is None:
        return "; see the proxy's user and password" if " 407 " in str(wrong) else ""
    certificate = _inner(cause)
    if certificate is not None:
        return f": {_about_tls(certificate)}"
    said = one_line(_PYTHON_BYTES.sub(r"\1", str(cause)))
    if isinstance(cause, httpx.ConnectError):
        return f": {_about_connecting(cause, said)}"
    return f": {said}" if said else ""


def _broken_off(wrong: Exception, where: str, said: str) -> Broken:
    """The same for what happened to a connection that was there."""
    match wrong:
        case Dropped():
            return "read", (
                f"{where} closed the connection that was kept from the request before, and did not "
                "answer; whether it has processed this request is not known, and it was not sent again"
            )
        case httpx.ReadError():
            return "read", f"{where} broke the connection off{_reset(wrong)}"
        case httpx.WriteError():
            return "write", f"{where} broke the connection off while it was sent to{_reset(wrong)}"
        case httpx.RemoteProtocolError():
            return _about_protocol(where, said)
        case _:
            return "connect", f"{where}: {said}"


_PYTHON_BYTES = re.compile(r"""bytearray\(b(".*"|'.*')\)""", re.DOTALL)
"""How h11 quotes the bytes it complains of."""


def _about_protocol(where: str, said: str) -> Broken:
    """The commonest complaints of h11 in our words; the others in its own."""
    if said.startswith("Server disconnected"):
        return "read", f"{where} closed the connection before it had answered"
    if said.startswith("peer closed"):
        counts = re.search(r"received (\d+) bytes, expected (\d+)", said)
        much = f": {int(counts[1]):,} of {int(counts[2]):,} bytes came" if counts else ""
        return "read", f"{where} closed the connection before the end of the body{much}"
    if "_SWITCH_" in said:
        said = "it switches to another protocol unasked"
    return "protocol", f"{where} does not answer in proper HTTP: {said}"


def _reset(wrong: BaseException | None) -> str:
    while wrong is not None:
        if isinstance(wrong, ConnectionResetError | BrokenPipeError):
            return " (reset)"
        wrong = wrong.__cause__ or wrong.__context__
    return ""


def _inner(wrong: BaseException | None) -> ssl.SSLError | None:
    """The TLS error behind an exception of the client, if there is one."""
    while wrong is not None:
        if isinstance(wrong, ssl.SSLError):
            return wrong
        wrong = wrong.__cause__ or wrong.__context__
    return None


def _about_tls(wrong: ssl.SSLError) -> str:
    if isinstance(wrong, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {one_line(wrong.verify_message)}"
    reason = (wrong.reason or "").replace("_", " ").lower()
    if "certificate required" in reason or "handshake failure" in reason:
        return f"{reason}: the server may want a certificate of yours (`tls` in arazzo-tui.yaml)"
    if "wrong version number" in reason or "record layer failure" in reason:
        return "the server does not speak TLS on this port; http:// may be meant"
    return reason or one_line(str(wrong))


def _about_connecting(wrong: BaseException, said: str) -> str:
    """Name resolution and refusal in words; the rest as the system says it."""
    inner: BaseException | None = wrong
    while inner is not None:
        match inner:
            case socket.gaierror():
                return "the name does not resolve"
            case ConnectionRefusedError():
                return "connection refused; nothing listens there"
            case _:
                inner = inner.__cause__ or inner.__context__
    return said
