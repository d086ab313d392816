# broken: made by Lyre from broken.pipeline; changes belong there.
import nothing_like_this
from airflow import DAG
