"""What TensorBoard itself reads of the event files."""

from __future__ import annotations

import pytest
from heavy import framework

from kernel import blank
from kernel.errors import CheckpointError
from kernel.testing.runs.loggers import check_logger, step_info
from pkg_tensorboard.logger import tensorboard_logger

framework("tensorboardX")
accumulator = framework("tensorboard.backend.event_processing.event_accumulator")
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


def begun(folder, **settings):
    return tensorboard_logger(str(folder), **settings)(blank("xx"))


def read(folder):
    """Load a folder as TensorBoard does."""
    found = accumulator.EventAccumulator(str(folder), purge_orphaned_data=False)
    found.Reload()
    return found


def scalars(folder, tag="score"):
    return [(event.step, round(event.value, 4)) for event in read(folder).Scalars(tag)]


def test_it_behaves_as_every_logger_must(tmp_path):
    assert check_logger(tensorboard_logger(str(tmp_path)), blank("xx")) == ("", "")


def test_scores_and_losses_are_scalars_by_step(tmp_path):
    log_step, finalize = begun(tmp_path)
    log_step(None)
    log_step(step_info())
    log_step(
        step_info(
            step=40, score=0.75, losses={"tagger": 3.0}, other_scores={"ents_per_type": {"PER": {"f": 1.0}}}
        )
    )
    finalize()

    assert read(tmp_path).Tags()["scalars"] == [
        "score",
        "loss_tok2vec",
        "loss_tagger",
        "tag_acc",
        "speed",
        "ents_per_type.PER.f",
    ]
    assert scalars(tmp_path) == [(20, 0.5), (40, 0.75)]
    assert scalars(tmp_path, "loss_tagger") == [(20, 12.5), (40, 3.0)]
    assert scalars(tmp_path, "ents_per_type.PER.f") == [(40, 1.0)]


def test_the_config_is_a_text_without_what_was_taken_out(tmp_path):
    log_step, finalize = begun(tmp_path, run_name="first", remove_config_values=["nlp.lang"])
    log_step(step_info())
    finalize()

    (event,) = read(tmp_path / "first").Tensors("config/text_summary")
    text = event.tensor_proto.string_val[0].decode()
    assert "[nlp]" in text
    assert "batch_size = 1000" in text
    assert "lang =" not in text


def test_an_event_is_on_disk_before_the_run_continues(tmp_path):
    log_step, finalize = begun(tmp_path)

    log_step(step_info())

    assert scalars(tmp_path) == [(20, 0.5)]
    finalize()


def test_a_killed_and_resumed_run_has_each_step_once(tmp_path):
    log_step, finalize = begun(tmp_path)
    fresh = log_step.state()
    log_step(step_info(step=20))
    known = log_step.state()
    log_step(step_info(step=40))
    finalize()
    for state, steps in ((known, (40, 60)), (known, (40,)), (known, (40, 60, 80))):
        log_step, finalize = begun(tmp_path)
        log_step.restore(state)
        for step in steps:
            log_step(step_info(step=step))
        finalize()
    assert scalars(tmp_path) == [(20, 0.5), (40, 0.5), (60, 0.5), (80, 0.5)]
    assert len(read(tmp_path).Tensors("config/text_summary")) == 1

    log_step, finalize = begun(tmp_path)
    log_step.restore(fresh)
    log_step(step_info(step=20))
    finalize()
    assert scalars(tmp_path) == [(20, 0.5)]


@pytest.mark.parametrize("name", ["*", "", "../x", 5])
def test_a_state_without_the_id_of_a_run_removes_no_file(tmp_path, name):
    log_step, finalize = begun(tmp_path)
    log_step(step_info(step=7))
    state = log_step.state()
    finalize()

    log_step, finalize = begun(tmp_path)
    with pytest.raises(CheckpointError, match="expected the id of a run, got"):
        log_step.restore({**state, "id": name, "sizes": {}})
    finalize()

    assert scalars(tmp_path) == [(7, 0.5)]


def test_another_run_in_the_folder_is_left_as_it_is(tmp_path):
    log_step, finalize = begun(tmp_path)
    log_step(step_info(step=7))
    finalize()

    log_step, finalize = begun(tmp_path)
    log_step.restore(log_step.state())
    log_step(step_info(step=9))
    finalize()

    assert sorted(scalars(tmp_path)) == [(7, 0.5), (9, 0.5)]
