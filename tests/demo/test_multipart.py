"""Forms with files, read as Telegram's server reads them."""

import pytest

from chatbot.demo import multipart
from chatbot.demo.refusals import Refusal

FORM = "multipart/form-data; boundary=edge"


def form(*parts: bytes) -> bytes:
    return b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"


def test_values_and_files_are_told_apart_and_kept_byte_by_byte() -> None:
    content = b"\r\n--edg\r\n\x00\xff\r\n"
    values, uploads = multipart.parse(
        FORM,
        form(
            b'Content-Disposition: form-data; name="chat_id"\r\n\r\n1001',
            b'Content-Type: x\r\ncontent-disposition: form-data; name="photo"; filename="p.png"\r\n\r\n' + content,
        ),
    )
    assert values == {"chat_id": "1001"}
    assert (uploads["photo"].name, uploads["photo"].content) == ("p.png", content)


def test_a_name_ends_at_a_semicolon_as_it_does_at_telegram() -> None:
    _, uploads = multipart.parse(FORM, form(b'Content-Disposition: form-data; name=f; filename="a;b.csv"\r\n\r\nx'))
    assert uploads["f"].name == '"a'


@pytest.mark.parametrize(
    ("content_type", "body", "reason"),
    [
        ("multipart/form-data", form(), "boundary not found"),
        ("multipart/form-data; boundary=", form(), "boundary not found"),
        (FORM, form(b"\r\n\r\nx"), "field name in multipart/form-data not found"),
        (FORM, form(b"Content-Disposition: form-data\r\n\r\nx"), "field name in multipart/form-data not found"),
    ],
)
def test_forms_that_cannot_be_read_are_refused(content_type: str, body: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        multipart.parse(content_type, body)
    assert caught.value.description == f"Bad Request: {reason}"


def test_a_file_does_not_show_its_content_in_a_log() -> None:
    assert "secret" not in repr(multipart.Upload(name="x", content=b"secret"))
