"""Short names of providers."""

import pytest

from selections.words.names import listed, short_names, without_mark


def test_the_sample_names_are_shortened_as_people_say_them() -> None:
    names = [
        "Ashgrove Legal Services (sample)",
        "Banyan Quay LPO (sample)",
        "Cobalt Harbor Review (sample)",
        "Dunmore Onshore Counsel Support (sample)",
        "Eastmark Manila Legal (sample)",
        "Fynbos Legal Hub (sample)",
        "Glenshannon Managed Law (sample)",
        "Hexa Docket and Review (sample)",
    ]
    assert list(short_names(names).values()) == [
        "Ashgrove",
        "Banyan Quay",
        "Cobalt Harbor",
        "Dunmore",
        "Eastmark Manila",
        "Fynbos",
        "Glenshannon",
        "Hexa",
    ]


def test_two_providers_never_share_a_short_name() -> None:
    shorts = short_names(["Ashgrove Legal", "ASHGROVE LPO", "Banyan Law"])
    assert shorts == {
        "Ashgrove Legal": "Ashgrove Legal",
        "ASHGROVE LPO": "ASHGROVE LPO",
        "Banyan Law": "Banyan",
    }


@pytest.mark.parametrize("name", ["Legal Process Partners", "(sample)", " (sample)", "LPO", "  "])
def test_a_name_of_generic_words_alone_stays_whole(name: str) -> None:
    assert short_names([name])[name].strip() == (without_mark(name).strip() or name.strip())


def test_commas_and_ampersands_end_a_short_name() -> None:
    assert short_names(["Fisk, Grove & Co"])["Fisk, Grove & Co"] == "Fisk, Grove"
    assert short_names(["Acme, Inc."])["Acme, Inc."] == "Acme"


def test_lists_read_as_sentences() -> None:
    assert [listed(["A"]), listed(["A", "B"]), listed(["A", "B", "C"], "or")] == ["A", "A and B", "A, B or C"]
    assert listed([]) == ""
