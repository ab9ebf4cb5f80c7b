"""What Go's standard library says of numbers, times and JSON it cannot read."""

import pytest

from arazzo_tui.language.values import Json
from arazzo_tui.sandbox.go import Complaint, GoStruct, atoi, check_time, read, unmarshal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("007", 7),
        (str(2**63 - 1), 2**63 - 1),
        (str(-(2**63)), -(2**63)),
    ],
)
def test_an_integer_has_64_bits(text: str, number: int) -> None:
    assert atoi(text) == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'strconv.Atoi: parsing "": invalid syntax'),
        ("1.0", 'strconv.Atoi: parsing "1.0": invalid syntax'),
        ("1_0", 'strconv.Atoi: parsing "1_0": invalid syntax'),
        (' "', 'strconv.Atoi: parsing " \\"": invalid syntax'),
        (str(2**63), f'strconv.Atoi: parsing "{2**63}": value out of range'),
    ],
)
def test_what_is_no_integer_is_quoted(text: str, said: str) -> None:
    with pytest.raises(Complaint) as told:
        atoi(text)
    assert str(told.value) == said


LAYOUT = '"2006-01-02T15:04:05.999999999Z07:00"'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yesterday", f'parsing time "yesterday" as {LAYOUT}: cannot parse "yesterday" as "2006"'),
        ("2026-01-31", f'parsing time "2026-01-31" as {LAYOUT}: cannot parse "" as "T"'),
        (
            "2026-01-31 09:30:00Z",
            f'parsing time "2026-01-31 09:30:00Z" as {LAYOUT}: cannot parse " 09:30:00Z" as "T"',
        ),
        (
            "2026-01-31T09:30:00",
            f'parsing time "2026-01-31T09:30:00" as {LAYOUT}: cannot parse "" as "Z07:00"',
        ),
        ("2026-01-31T09:30:00Zulu", 'parsing time "2026-01-31T09:30:00Zulu": extra text: "ulu"'),
        ("2026-02-30T09:30:00Z", 'parsing time "2026-02-30T09:30:00Z": day out of range'),
        ("2026-13-01T09:30:00Z", 'parsing time "2026-13-01T09:30:00Z": month out of range'),
        ("2026-01-31T24:30:00Z", 'parsing time "2026-01-31T24:30:00Z": hour out of range'),
        ("2026-01-31T09:60:00Z", 'parsing time "2026-01-31T09:60:00Z": minute out of range'),
    ],
)
def test_what_is_no_time_is_told_with_the_part_it_fails_at(text: str, said: str) -> None:
    with pytest.raises(Complaint) as told:
        check_time(text)
    assert str(told.value) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "unexpected end of JSON input"),
        ('{"a":', "unexpected end of JSON input"),
        ('"a', "unexpected end of JSON input"),
        ("nonsense", "invalid character 'o' in literal null (expecting 'u')"),
        ("[tru", "unexpected end of JSON input"),
        ("truer", "invalid character 'r' after top-level value"),
        ("secret", "invalid character 's' looking for beginning of value"),
        ("{a}", "invalid character 'a' looking for beginning of object key string"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a":1 2}', "invalid character '2' after object key:value pair"),
        ("[1 2]", "invalid character '2' after array element"),
        ("{} {}", "invalid character '{' after top-level value"),
        ('"\x01"', "invalid character '\\x01' in string literal"),
        ("'", r"invalid character '\'' looking for beginning of value"),
    ],
)
def test_what_is_no_json_is_told_with_the_character_and_the_state(text: str, said: str) -> None:
    with pytest.raises(Complaint) as told:
        read(text)
    assert str(told.value) == said


STRUCTS = GoStruct("a.Box", "list", "a.Item", of_structs=True)
ANYTHING = GoStruct("a.Box", "list", "*interface {}")


@pytest.mark.parametrize(
    ("text", "into", "items"),
    [
        ("null", STRUCTS, []),
        ("{}", STRUCTS, []),
        ('{"list":null}', STRUCTS, []),
        ('{"list":[{},null],"more":1}', STRUCTS, [{}, None]),
        ('{"list":[1,"a",[]]}', ANYTHING, [1, "a", []]),
    ],
)
def test_a_struct_is_read_as_far_as_it_is_known(text: str, into: GoStruct, items: Json) -> None:
    assert list(unmarshal(text, into)) == items


@pytest.mark.parametrize(
    ("text", "into", "said"),
    [
        ("[]", STRUCTS, "json: cannot unmarshal array into Go value of type a.Box"),
        ("true", STRUCTS, "json: cannot unmarshal bool into Go value of type a.Box"),
        (
            '{"list":5}',
            STRUCTS,
            "json: cannot unmarshal number into Go struct field Box.list of type []a.Item",
        ),
        (
            '{"list":{}}',
            ANYTHING,
            "json: cannot unmarshal object into Go struct field Box.list of type []*interface {}",
        ),
        (
            '{"list":["a"]}',
            STRUCTS,
            "json: cannot unmarshal string into Go struct field Box.list of type a.Item",
        ),
    ],
)
def test_what_does_not_fit_a_struct_is_told_with_its_types(
    text: str, into: GoStruct, said: str
) -> None:
    with pytest.raises(Complaint) as told:
        unmarshal(text, into)
    assert str(told.value) == said
