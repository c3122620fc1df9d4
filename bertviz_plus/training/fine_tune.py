"""Fine-tune a model on a task: all of it, its upper layers, or adapters inside it."""

from collections.abc import Sequence
from os import PathLike

from bertviz_plus.data.task import Task
from bertviz_plus.models.model import Model
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.models.predictions.task_loss import examples_of
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.training.fitting import Fit
from bertviz_plus.training.preparing import prepared
from bertviz_plus.training.run_files import describe_run
from bertviz_plus.training.running import run_fit
from bertviz_plus.training.tuned import Tuned
from bertviz_plus.training.tuning_settings import TuningSettings

_WORKS = 'fine_tune(bp.load(), bp.tasks["sentiment"])'


def fine_tune(
    model: Model,
    task: Task,
    *,
    seed: int = 0,
    freeze: str | int | Sequence[str] | None = None,
    adapter: str | None = None,
    adapter_size: int | None = None,
    epochs: int = 8,
    steps: int | None = None,
    batch_size: int = 16,
    learning_rate: float | None = None,
    weight_decay: float = 0.01,
    warmup: float = 0.1,
    keep: str = "best",
    precision: str | None = None,
    threads: int = 1,
    new_head: bool = False,
    way: bool = False,
    checkpoint: str | PathLike[str] | None = None,
    progress: bool = True,
) -> Tuned:
    """Fine-tune an encoder on a task.

    AdamW on the cross-entropy, gradients cut to length 1, a learning rate that rises and then falls to 0 in
    straight lines. Two runs with one seed on one processor give the same numbers bit for bit. It trains on
    the model's device: load the model with ``device="cuda"`` for a GPU, where the last digits may differ.

    Parameters
    ----------
    model : Model
        An encoder; it stays as it is.
    task : Task
        Texts, pairs of texts, or words to tag. One of `bp.tasks`, or your own.
    seed : int, default 0
        Of the new head, the order of the examples, and dropout.
    freeze : "embeddings", int, or sequence of str, optional
        What is not trained: the embeddings; the embeddings and so many of the first layers; or the parameters
        whose names begin so.
    adapter : {"houlsby", "lora"}, optional
        Train small modules and the head in place of the body: bottlenecks after the attention and the
        feed-forward part of each layer, or low-rank changes of the maps to queries and values. Both start at
        nothing: the body's output is that of the model. ``tuned.share_trained`` says how much is trained.
    adapter_size : int, optional
        The bottleneck's width, 64 by default, or the rank, 8.
    epochs : int, default 8
        Passes over the training set.
    steps : int, optional
        Batches in place of epochs: training ends after so many.
    batch_size : int, default 16
    learning_rate : float, optional
        The highest; by default 5e-5 · 768 / the width of hidden states, 1e-3 with Houlsby's adapters, 2e-3
        with LoRA.
    weight_decay : float, default 0.01
        Of matrices; biases and norms have none.
    warmup : float, default 0.1
        The share of the steps in which the learning rate rises.
    keep : {"best", "last"}, default "best"
        Which epoch's model is returned: the best on the dev set, or the last.
    precision : {"float32", "bfloat16"}, optional
        Of the products in training; weights and scores are float32. By default bfloat16 where the processor
        is fast in it.
    threads : int, default 1
        Of the processor. More are faster with large models and slower with small ones, and change how sums
        are rounded.
    new_head : bool, default False
        Allow a model that has a head for other labels; it gets a new one.
    way : bool, default False
        Keep the trained parameters of each epoch, in ``tuned.way``.
    checkpoint : path-like, optional
        A file that is written after each epoch. Where it is there, the run goes on from it, to the same
        numbers that it would have given without the break.
    progress : bool, default True

    Returns
    -------
    Tuned

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what came and what is allowed: what is no encoder or no task, a head for other
        labels, all parameters frozen, a checkpoint of another run.
    DivergedError
        When the loss or the gradient is no number any more, saying where; the error holds the last good
        state, and so does the checkpoint.

    References
    ----------
    Devlin et al. 2019, "BERT", section 4; Houlsby et al. 2019, "Parameter-Efficient Transfer Learning for
    NLP"; Hu et al. 2021, "LoRA"; Wu & Dredze 2019, "Beto, Bentz, Becas", section 4.3, for freezing; Yang et
    al. 2022, "Tensor Programs V", table 3, for rates by width.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> task = bp.tasks["sentiment"]
    >>> tuned = fine_tune(bp.load("bert-tiny"), task, steps=2, progress=False)
    >>> tuned.model.predict(task.test.texts[0]).answer.tolist() == list(task.label_names)
    False
    >>> list(tuned.scores(resamples=10).index)
    ['tuned model', 'most frequent label', 'bag of words']
    """
    check_model(model, _WORKS)
    if not isinstance(task, Task):
        raise wrong_kind("task", "a Task", task, _WORKS)
    settings = TuningSettings(
        seed=seed,
        epochs=epochs,
        steps=steps,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        warmup=warmup,
        freeze=freeze if freeze is None or isinstance(freeze, str | int) else tuple(freeze),
        adapter=adapter,
        adapter_size=adapter_size,
        precision=precision,
        threads=threads,
        keep=keep,
        new_head=new_head,
    ).of(model.hf.device, model.hidden_size)
    made = prepared(model, task, settings)
    fit = Fit(made, settings, examples_of(made, task.train), examples_of(made, task.dev))
    run = {} if checkpoint is None else describe_run(model, task, settings) | {"way": way}
    return run_fit(
        fit,
        run,
        checkpoint,
        lambda: Tuned.of(made, model, task, settings, fit.fitted),
        way=way,
        progress=progress,
    )
