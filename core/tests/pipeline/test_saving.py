"""Saved pipelines: everything returns, nothing is half written, what is missing is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kernel
from kernel.errors import CheckpointError, ModelError, UnknownName
from kernel.pipeline.language import Language

TAGS = ["D", "N", "V"]


def tags(nlp: Language) -> list[str]:
    return [token.tag_ for token in nlp("the cat sat")]


@pytest.fixture
def saved(trained: Language, tmp_path: Path) -> Path:
    trained.to_disk(tmp_path / "saved")
    return tmp_path / "saved"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(path.read_text("utf8"))
    change(content)
    path.write_text(json.dumps(content), "utf8")


def test_a_loaded_pipeline_predicts_the_same(saved: Path) -> None:
    nlp = kernel.load(saved)

    assert tags(nlp) == TAGS
    assert nlp.path == saved


def test_a_loaded_pipeline_is_saved_to_the_same_files(saved: Path, tmp_path: Path) -> None:
    kernel.load(saved).to_disk(tmp_path / "second")
    kernel.load(tmp_path / "second").to_disk(tmp_path / "third")

    assert contents(tmp_path / "third") == contents(tmp_path / "second")


def test_a_saved_pipeline_has_the_parts_people_know(saved: Path) -> None:
    parts = {"config.cfg", "meta.json", "tagger/cfg.json", "tagger/model.safetensors", "vocab/strings.json"}

    assert parts <= set(contents(saved))


def test_a_loaded_pipeline_can_be_trained_on(saved: Path, make_examples: Any) -> None:
    nlp = kernel.load(saved)
    before = nlp.to_bytes()

    nlp.update(make_examples(nlp), sgd=nlp.resume_training())

    assert nlp.to_bytes() != before


def test_meta_tells_labels_components_and_distributions(trained: Language, saved: Path) -> None:
    meta = json.loads((saved / "meta.json").read_text("utf8"))

    assert meta["lang"] == "plain"
    assert meta["labels"] == {"tagger": TAGS}
    assert meta["components"] == meta["pipeline"] == ["tagger"]
    assert meta["kernel_version"] == kernel.__version__
    assert f"pkg-kernel=={kernel.__version__}" in meta["requirements"]


def test_scores_in_meta_return(trained: Language, tmp_path: Path) -> None:
    trained.meta["performance"] = {"tag_acc": 0.5}
    trained.to_disk(tmp_path / "saved")

    assert kernel.load(tmp_path / "saved").meta["performance"] == {"tag_acc": 0.5}


def test_bytes_hold_the_same_as_the_folder(trained: Language, saved: Path) -> None:
    nlp = Language.from_config(trained.config, validate=False).from_bytes(trained.to_bytes())

    assert tags(nlp) == TAGS
    assert nlp.to_bytes(exclude=["tokenizer"]) == trained.to_bytes(exclude=["tokenizer"])


def test_bytes_of_something_else_are_refused(trained: Language) -> None:
    with pytest.raises(CheckpointError, match=r"pipeline: expected the output of to_bytes\(\), got 3 bytes"):
        trained.from_bytes(b"abc")


def test_disabled_components_stay_disabled(trained: Language, tmp_path: Path) -> None:
    trained.disable_pipe("tagger")
    trained.to_disk(tmp_path / "saved")

    nlp = kernel.load(tmp_path / "saved")

    assert nlp.disabled == ["tagger"]
    nlp.enable_pipe("tagger")
    assert tags(nlp) == TAGS


def test_components_can_be_excluded_disabled_and_settings_changed(saved: Path) -> None:
    assert kernel.load(saved, exclude="tagger").component_names == []
    assert kernel.load(saved, disable=["tagger"]).disabled == ["tagger"]
    assert kernel.load(saved, config={"nlp": {"batch_size": 3}}).batch_size == 3
    assert kernel.load(saved, config={"nlp.batch_size": 4}).batch_size == 4


def test_from_disk_reads_into_a_pipeline_with_the_same_components(trained: Language, saved: Path) -> None:
    nlp = Language.from_config(trained.config, validate=False)

    assert nlp.from_disk(saved) is nlp
    assert tags(nlp) == TAGS


def test_saving_again_replaces_the_pipeline_and_keeps_other_files(trained: Language, saved: Path) -> None:
    (saved / "notes.txt").write_text("mine", "utf8")
    (saved / "figures").mkdir()
    (saved / "figures" / "one.txt").write_text("mine too", "utf8")
    trained.rename_pipe("tagger", "renamed")

    trained.to_disk(saved)

    assert sorted(path.name for path in saved.iterdir()) == [
        "config.cfg",
        "figures",
        "meta.json",
        "notes.txt",
        "renamed",
        "tokenizer",
        "vocab",
    ]
    assert (saved / "figures" / "one.txt").read_text("utf8") == "mine too"
    assert [path.name for path in saved.parent.iterdir()] == ["saved"]


def test_code_that_is_not_the_pipelines_stays_where_it_is(trained: Language, saved: Path) -> None:
    (saved / "code").mkdir()
    (saved / "code" / "mine.py").write_text("x = 1", "utf8")

    trained.to_disk(saved)

    assert (saved / "code" / "mine.py").read_text("utf8") == "x = 1"


@pytest.mark.parametrize(
    "meta",
    [
        '{"components": ["src"]}',
        '{"kernel_version": "0.1.0", "components": "src"}',
        '{"kernel_version": "0.1.0", "components": [["src"], 5, "../src", ".git"]}',
        '["src"]',
        "no JSON",
    ],
)
def test_saving_where_another_programs_meta_is_replaces_nothing(
    trained: Language, tmp_path: Path, meta: str
) -> None:
    for name in ("src", ".git"):
        (tmp_path / "project" / name).mkdir(parents=True)
        (tmp_path / "project" / name / "mine").write_text("mine", "utf8")
    (tmp_path / "project" / "meta.json").write_text(meta, "utf8")

    with pytest.raises(CheckpointError, match=r"meta\.json: not part of a saved pipeline, and saving would"):
        trained.to_disk(tmp_path / "project")

    assert (tmp_path / "project" / "meta.json").read_text("utf8") == meta
    for name in ("src", ".git"):
        assert (tmp_path / "project" / name / "mine").read_text("utf8") == "mine"


def test_saving_where_somebody_has_a_folder_of_a_components_name_replaces_nothing(
    trained: Language, tmp_path: Path
) -> None:
    (tmp_path / "project" / "tagger").mkdir(parents=True)
    (tmp_path / "project" / "tagger" / "train.py").write_text("mine", "utf8")

    with pytest.raises(CheckpointError, match=r"project.tagger: not part of a saved pipeline"):
        trained.to_disk(tmp_path / "project")

    assert [path.name for path in (tmp_path / "project").rglob("*")] == ["tagger", "train.py"]


def test_what_somebody_put_into_a_part_of_a_saved_pipeline_stays(trained: Language, saved: Path) -> None:
    (saved / "vocab" / "mine.txt").write_text("mine", "utf8")

    trained.to_disk(saved)

    assert (saved / "vocab" / "mine.txt").read_text("utf8") == "mine"


def test_a_meta_whose_components_are_no_names_is_replaced(trained: Language, saved: Path) -> None:
    meta = json.loads((saved / "meta.json").read_text("utf8"))
    (saved / "meta.json").write_text(json.dumps({**meta, "components": [["tagger"], 5, "tagger"]}), "utf8")

    trained.to_disk(saved)

    assert tags(kernel.load(saved)) == TAGS


@pytest.mark.parametrize("path", ["", "."])
def test_the_working_directory_is_not_replaced(
    trained: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(CheckpointError, match="this is the working directory, which saving would replace"):
        trained.to_disk(path)

    assert list(tmp_path.iterdir()) == []


def test_a_failed_save_leaves_the_old_pipeline_and_nothing_else(trained: Language, saved: Path) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    trained.get_pipe("tagger").to_disk = fail

    with pytest.raises(
        CheckpointError, match=r"saved: the pipeline cannot be saved, No space left on device"
    ):
        trained.to_disk(saved)

    assert tags(kernel.load(saved)) == TAGS
    assert [path.name for path in saved.parent.iterdir()] == ["saved"]


def test_a_file_in_the_place_of_the_folder_is_refused(trained: Language, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here", "utf8")

    with pytest.raises(CheckpointError, match="file: expected a folder to save the pipeline in, got a file"):
        trained.to_disk(tmp_path / "file")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here", "utf8")

    for path, got in ((tmp_path / "gone", "nothing there"), (tmp_path / "file", "a file")):
        with pytest.raises(
            CheckpointError, match=f"{path.name}: expected the folder of a saved pipeline, got {got};"
        ):
            kernel.load(path)


def test_a_package_that_holds_no_pipeline_is_told_from_one_that_is_not_there() -> None:
    with pytest.raises(CheckpointError, match=r"^json: expected the folder .*, got a package without one;"):
        kernel.load("json")


@pytest.mark.parametrize("name", ["config.cfg", "meta.json"])
def test_a_folder_without_its_description_is_no_pipeline(saved: Path, name: str) -> None:
    (saved / name).unlink()

    with pytest.raises(CheckpointError, match=f"not a saved pipeline, {name} is missing"):
        kernel.load(saved)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("vocab", "the vocabulary is missing from the saved pipeline"),
        ("tokenizer", "the tokenizer is missing from the saved pipeline"),
        ("tagger", "the component 'tagger' is missing from the saved pipeline"),
        ("tagger/model.safetensors", "the weights cannot be read, No such file"),
        ("tagger/cfg.json", "the settings of 'tagger' cannot be read"),
    ],
)
def test_a_missing_part_is_named(saved: Path, part: str, message: str) -> None:
    (saved / part).rename(saved.parent / "taken")

    with pytest.raises(CheckpointError, match=message):
        kernel.load(saved, verify=False)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("tagger/model.safetensors", "not the weights of a model, or damaged"),
        ("tagger/cfg.json", "the settings of 'tagger' cannot be read"),
        ("meta.json", "damaged"),
    ],
)
def test_a_damaged_file_is_named(saved: Path, file: str, message: str) -> None:
    (saved / file).write_bytes((saved / file).read_bytes()[:-7])

    with pytest.raises(CheckpointError, match=message) as error:
        kernel.load(saved, verify=False)

    assert file in str(error.value)


def test_weights_of_another_model_are_named_by_component_file(saved: Path, nlp: Language) -> None:
    rewrite(saved / "tagger" / "cfg.json", lambda cfg: cfg.update(labels=["A"]))
    other = type(nlp)()
    tagger = other.add_pipe("toy_tagger", name="tagger")
    tagger.model.layers[-1].layers[0].set_dim("nO", 99)

    with pytest.raises(
        ModelError, match=r"model\.safetensors: .* nO does not fit the model, expected 99, got 3"
    ):
        other.from_disk(saved, verify=False)


def test_a_plugin_that_is_gone_is_named_with_what_to_install(saved: Path) -> None:
    text = (saved / "config.cfg").read_text("utf8")
    (saved / "config.cfg").write_text(text.replace('"toy_tagger"', '"acme_tagger"'), "utf8")
    rewrite(saved / "meta.json", lambda meta: meta["requirements"].append("acme-tagger==2.0"))

    with pytest.raises(
        UnknownName, match=r"tagger\] factory: .*'acme_tagger'.*pip install acme-tagger==2\.0"
    ):
        kernel.load(saved)


def test_a_plugin_for_training_only_is_not_needed_to_load(saved: Path) -> None:
    text = (saved / "config.cfg").read_text("utf8")
    (saved / "config.cfg").write_text(text.replace("kernel.ConsoleLogger.v1", "acme.Logger.v1"), "utf8")

    assert tags(kernel.load(saved)) == TAGS
