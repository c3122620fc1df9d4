"""What does a student keep of its teacher? Its answers, its hidden states, what can be read from them."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.comparison.predictions import heads_alike, prediction_differences
from bertviz_plus.measures.comparison.sizes import model_sizes
from bertviz_plus.measures.representations import cka_terms
from bertviz_plus.measures.senses.centroids import centroid_correct
from bertviz_plus.measures.senses.labelled import middle
from bertviz_plus.measures.senses.neighbours import codes_among

if TYPE_CHECKING:
    from bertviz_plus.data.task import Task
    from bertviz_plus.models.model import Model


def student_scores(teacher: "Model", student: "Model", task: "Task") -> dict[str, NDArray[np.float64]]:
    """Score a student beside its teacher on the test sentences of a task.

    Parameters
    ----------
    teacher, student : Model
        Of one tokenizer.
    task : Task
        Labelled texts. Labels are of the nearest mean vector of the training set's (cosine, the mean of all
        subtracted): nothing is trained on them.

    Returns
    -------
    dict of str to ndarray
        ``"right"`` and ``"teacher_right"``, 1 where the nearest mean is the label's, ``[texts]``;
        ``"same"``, the share of the student's answers that are the teacher's where both have the same head,
        else 1 where they find the same nearest neighbour among the test sentences, ``[texts]``; ``"alike"``,
        the terms of debiased CKA in the last hidden layer, ``[texts, 3]``; and once for all ``"bytes"``,
        ``"milliseconds"`` and ``"teacher_milliseconds"`` a text, timed in turn.
    """
    from bertviz_plus.models.vectors.sentences import sentence_vectors

    texts = [*task.train.texts, *task.test.texts]
    n = len(task.train.texts)
    labels = [np.array(one.labels, dtype=str) for one in (task.train, task.test)]
    names = np.unique(labels[0])
    codes, truth = (codes_among(names, one) for one in labels)
    right, vectors = [], []
    for model in (student, teacher):
        every = sentence_vectors(model, texts, pooling=["mean"], progress=False)["mean"][-1]
        right.append(centroid_correct(every[:n], codes, len(names), every[n:], truth))
        vectors.append(every[n:])
    tested = list(task.test.texts)
    if heads_alike(teacher, student):
        answers = prediction_differences(teacher, student, tested)
        same = answers.groupby("text")["same"].mean().to_numpy(float)
    else:
        same = (_nearest(vectors[0]) == _nearest(vectors[1])).astype(float)
    sizes = model_sizes({"student": student, "teacher": teacher}, tested)
    return {
        "right": right[0],
        "teacher_right": right[1],
        "same": same,
        "alike": cka_terms(*vectors),
        "bytes": np.array(sizes.loc["student", "bytes"], float),
        "milliseconds": np.array(sizes.loc["student", "milliseconds"], float),
        "teacher_milliseconds": np.array(sizes.loc["teacher", "milliseconds"], float),
    }


def _nearest(vectors: NDArray[np.float32]) -> NDArray[np.intp]:
    centred = vectors - middle(vectors)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    directions = centred / np.where(lengths == 0, 1, lengths)
    cosines = directions @ directions.T
    np.fill_diagonal(cosines, -np.inf)
    return np.asarray(cosines.argmax(axis=1))
