"""The page about the decision file tells the figures that the file gives."""

from __future__ import annotations

from pathlib import Path

from records import decide_document, decode_decision

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/decision-file.md").read_text(encoding="utf-8")


def test_every_member_of_a_result_is_explained_and_every_figure_is_right() -> None:
    result = decide_document(decode_decision((ROOT / "docs/examples/decision.json").read_bytes()))
    for member in set(result) - {"schema", "engine_version"}:
        assert f"`{member}`" in PAGE, member
    first, second = result["ranking"]
    (unknown,) = result["unknowns"]
    nearest = result["flips"]["nearest"]
    share = result["robustness"]["acceptability"]["NORTH"][0]
    for said in (
        f"COST {result['weights']['local']['COST']:.4f} of the first level",
        f"NORTH {first['score']:.2f}, SOUTH {second['score']:.2f} (conditional, one value missing)",
        f"WEST {result['excluded'][0]['score']:.2f}",
        f"{result['lead']['points']:.2f}, no tie",
        f"QUALITY down by {-nearest['change']:.4f} puts SOUTH first",
        f"NORTH first in {share * 100:.1f} %",
        f"references of SOUTH above {unknown['at']:.3f} put it first",
        "margins {NORTH:g} and {SOUTH:g}".format(**result["potentially_optimal"]),
    ):
        assert said in PAGE, said
    assert nearest["code"] == "QUALITY"
    assert len(second["missing"]) == 1
    assert all(check["agrees"] for check in result["cross_checks"])
