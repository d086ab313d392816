# recorded: made by Lyre from recorded.pipeline; changes belong there.
from datetime import datetime, timezone

from airflow.providers.standard.operators.bash import BashOperator

try:
    from airflow.sdk import DAG, Param
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.models.param import Param

with DAG(
    dag_id="recorded",
    schedule=None,
    start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    params={"seconds": Param(0, type="integer"), "code": Param(0, type="integer")},
    tags=["lyre"],
):
    load = BashOperator(task_id="load", bash_command="sleep {{ params.seconds }}")
    train = BashOperator(task_id="train", bash_command="exit {{ params.code }}")
    end = BashOperator(task_id="end", bash_command="true")
    load >> train >> end
