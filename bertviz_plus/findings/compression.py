"""Finding 19: BERT can be made much smaller and faster with little loss."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd

from bertviz_plus.data.sense_sentences import sense_sentences
from bertviz_plus.findings.budget import Budget
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Need
from bertviz_plus.findings.provenance import data_record
from bertviz_plus.findings.student_measures import (
    ALIKE,
    COPIED,
    DISTILLED,
    EIGHT,
    IN_EIGHT_BITS,
    KEPT,
    KNOWS,
    RANDOM,
    SAME,
    TEACHER,
    cka_of,
)
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.training_experiment import TrainingExperiment
from bertviz_plus.findings.tuned_sample import accuracies, baseline_levels, take_task


class Compression(TrainingExperiment):
    """Distils a model into one of half its layers, on texts without labels, and asks what is kept.

    The student begins as every other layer of its teacher and is trained as `bertviz_plus.distil` does. What
    it knows is how often the label of a test sentence is that of the nearest mean vector, which needs no head
    and trains nothing: the same is asked of the teacher, of the student before training, and of a model of
    the same size with random weights. The claim rests on whether the student knows more than these, and then
    on whether it loses less than 0.05 against its teacher. Agreement and similarity to the teacher stand
    beside and cannot decide: a network that knows nothing is copied easily, as the untrained twin's student
    shows. So does the teacher in 8 bits.

    Data are a `Task` of texts, whose training texts are read without their labels; without data, the topics
    of the package's own sentences, to which others of the package are added. `details` has every number by
    model, with bytes and milliseconds a sentence, timed in turn with the teacher; `show()` draws what they
    know.
    """

    key = "compression"
    items = "test sentences"
    conditions = (DISTILLED, COPIED, RANDOM, TEACHER, EIGHT)
    numbers = ("right", "teacher_right", "same", "alike", "bytes", "milliseconds", "teacher_milliseconds")
    budgets: ClassVar = {
        "quick": Budget(2, {"texts": 200, "epochs": 4}),
        "full": Budget(3, {"texts": 1500, "epochs": 12}),
    }
    recorded_with = ("bert-tiny", "all-MiniLM-L6-v2", "distilbert-mlm", "multilingual-e5-small")
    measures = (KNOWS, KEPT)
    related = (SAME, ALIKE, IN_EIGHT_BITS)
    needs = (
        Need(
            "{architecture} is no stack of two or more layers with weights of their own, of which a student "
            "could have half",
            lambda study: study.data.reading is not None or _has_layers(study.model),
        ),
    )

    def take_data(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring a task into one form, with the texts to distil on."""
        del options
        taken = take_task(data)
        task = taken.content
        if task.kind != "texts":
            raise ValueError(f"data must be a Task of texts, got one of {task.kind}")
        more = sense_sentences().texts if data is None else ()
        tested = set(task.test.texts)
        texts = [text for text in dict.fromkeys([*task.train.texts, *more]) if text not in tested]
        read = data_record("texts without labels", texts, texts=len(texts))
        said = {"unlabelled": read, "baselines": baseline_levels(task, task.test)}
        return Data((task, texts), {**taken.described, **said})

    def train(self, model: Any, condition: str, seed: int, study: Study) -> Mapping[str, Any]:
        """Make the smaller model, and score it beside its teacher."""
        from bertviz_plus.measures.comparison.students import student_scores
        from bertviz_plus.models.quantised import quantised
        from bertviz_plus.training.distil import distil
        from bertviz_plus.training.student import student_layers, student_of

        task, texts = study.data.content
        spent, layers = study.budget, student_layers(model, None)
        if condition == DISTILLED:
            small = distil(
                model,
                texts[: spent["texts"]],  # type: ignore[index]
                seed=seed,
                epochs=spent["epochs"],  # type: ignore[index]
                progress=False,
            ).model
        elif condition in (COPIED, RANDOM):
            small = student_of(model, layers, start="teacher" if condition == COPIED else "random", seed=seed)
        else:
            small = model if condition == TEACHER else quantised(model, 8)
        return student_scores(model, small, task)

    def details(self, study: Study) -> pd.DataFrame:
        """Return every number by model, and its size."""
        runs = study.reading
        found = accuracies(runs, {"test": runs.numbers["right"]}, study.resamples, study.seed)
        means = {name: own.mean(axis=1) for name, own in runs.numbers.items()}
        return found.assign(
            agreement=means["same"].mean(axis=1),
            cka=cka_of(means["alike"].sum(axis=1)),
            megabytes=means["bytes"] / 1e6,
            milliseconds=means["milliseconds"],
            times_as_fast=means["teacher_milliseconds"] / means["milliseconds"],
        )

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a chart of what the models know."""
        from bertviz_plus.charts.conditions import by_condition

        del study
        return by_condition(details, across="model")

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say how much smaller and faster the models are."""
        del comparisons, details
        runs = study.reading
        own = {name: dict(zip(runs.conditions, runs.numbers[name].mean(axis=1), strict=True))
               for name in ("bytes", "milliseconds", "teacher_milliseconds")}  # fmt: skip
        whole = own["bytes"][TEACHER]
        said = "; ".join(
            f"{name} {own['bytes'][name] / whole:.0%} of the bytes, "
            f"{own['teacher_milliseconds'][name] / own['milliseconds'][name]:.1f} times as fast"
            for name in (DISTILLED, EIGHT)
        )
        rest = "A student keeps all embeddings; weights in 8 bits are computed with as before."
        return (f"Beside the teacher's {whole / 1e6:.1f} MB: {said}. {rest}",)


def _has_layers(model: Any) -> bool:
    from bertviz_plus.training.student import student_layers, student_of

    try:
        student_of(model, student_layers(model, None))
    except ValueError:
        return False
    return True
