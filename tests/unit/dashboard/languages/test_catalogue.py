"""How a text of the code finds its translation."""

from __future__ import annotations

from dashboard.languages.catalogue import Catalogue, catalogue

JAPANESE = Catalogue(
    {
        "Failed": "失敗",
        "{n} row failed": "{n} 行が失敗",
        "{n} rows failed": "{n} 行が失敗",
        "Succeeded, {n} rows failed": "成功（{n} 行が失敗）",
        "{state_words}: {cause}": "{state_words}（{cause}）",
        "{n} of {n}": "{n} 行すべて",
        "rows of {file}, {n} times": "{n} 回、{file} の行",
    }
)


def test_a_text_is_found_as_it_stands() -> None:
    """And what is not there is not."""
    assert JAPANESE.of("Failed") == "失敗"
    assert JAPANESE.of("Succeeded") is None


def test_a_text_with_its_values_is_found_by_its_template() -> None:
    """Numbers have commas, and the longest template counts."""
    assert JAPANESE.of_composed("Succeeded, 1,000 rows failed") == "成功（1,000 行が失敗）"
    assert JAPANESE.of_composed("1 row failed") == "1 行が失敗"
    assert JAPANESE.of_composed("Ten lines failed") is None


def test_values_may_change_their_order() -> None:
    """A translation names them."""
    assert JAPANESE.of_composed("rows of a, b.csv, 3 times") == "3 回、a, b.csv の行"


def test_data_in_a_text_is_not_translated_but_words_are() -> None:
    """A place says by its name which it is."""
    assert JAPANESE.of_composed("Failed: Failed") == "失敗（Failed）"


def test_a_value_that_comes_twice_must_be_the_same() -> None:
    """Else another template was meant."""
    assert JAPANESE.of_composed("7 of 7") == "7 行すべて"
    assert JAPANESE.of_composed("7 of 8") is None


def test_letters_that_mean_something_in_a_pattern_mean_themselves() -> None:
    """A template is text."""
    found = Catalogue({"(no cause?) {n}": "原因不明 {n}"})
    assert found.of_composed("(no cause?) 1") == "原因不明 1"


def test_english_needs_no_catalogue() -> None:
    """The code is written in it."""
    assert catalogue("en").translations == {}


def test_the_plural_of_english_is_found_under_both_forms() -> None:
    """The file's own entries, read as gettext reads them."""
    japanese = catalogue("ja")
    assert japanese.of("Runs") == "実行一覧"
    assert japanese.of_composed("3 min 05 s") == "3 分 05 秒"
