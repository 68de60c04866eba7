#!/usr/bin/env python3
"""Check works on a Spark cluster: Parquet or JSON Lines in, a row for each work out, as Parquet.

    spark-submit check.py [--forewarn PROGRAM] [--id COLUMN] [--partitions N] INPUT OUTPUT [-- OPTIONS OF CHECK]

INPUT is what Spark can read: a file, a folder or a pattern, on any file system that the cluster has. Files that end in
.jsonl, .ndjson or .json, packed or not, are JSON Lines; all else is Parquet, a work a row, with the columns that `forewarn
check` knows from data sets. README.md beside this file says more.
"""

import argparse
import os
import shlex
import sys

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql import types as t

# What is taken out of a report into columns of its own. The whole report stands in the column `report`.
SCHEMA = t.StructType(
    [
        t.StructField("id", t.StringType()),
        t.StructField("error", t.StringType()),
        t.StructField("format", t.StringType()),
        t.StructField("words", t.LongType()),
        t.StructField(
            "diagnostics",
            t.ArrayType(
                t.StructType(
                    [
                        t.StructField("rule", t.StringType()),
                        t.StructField("subject", t.StringType()),
                        t.StructField("severity", t.StringType()),
                        t.StructField("message", t.StringType()),
                        t.StructField("score", t.StructType([t.StructField("value", t.DoubleType())])),
                    ]
                )
            ),
        ),
    ]
)

JSON_LINES = (".jsonl", ".ndjson", ".json")
PACKED = (".gz", ".bz2", ".zst")


def is_json_lines(path: str) -> bool:
    """Whether a path, a folder or a pattern is called like JSON Lines."""
    name = path.rstrip("/").lower()
    for ending in PACKED:
        name = name.removesuffix(ending)
    return name.endswith(JSON_LINES)


def records(spark: SparkSession, path: str, identity: str | None):
    """The works as lines of JSON: an RDD of strings."""
    if is_json_lines(path):
        # as they are: what is no JSON is for forewarn to say
        return spark.sparkContext.textFile(path)
    table = spark.read.parquet(path)
    if identity:
        table = table.withColumn("id", f.col(identity))
    # a null says that the work has none of it, and a column that is left out that nobody knows
    rows = table.select(f.to_json(f.struct("*"), {"ignoreNullFields": "false"}).alias("value"))
    return rows.rdd.map(lambda row: row.value)


def check(spark: SparkSession, lines, command: list[str]) -> DataFrame:
    """A row for each line."""
    context = spark.sparkContext
    # a task has so many cores, and each runs one forewarn
    env = {"PATH": os.environ.get("PATH", os.defpath), "RAYON_NUM_THREADS": context.getConf().get("spark.task.cpus", "1")}
    # with checkCode a forewarn that was killed is a task that failed: Spark runs it again. Findings are no failure: --exit-zero
    printed = lines.pipe(shlex.join([*command, "--jsonl", "-", "--exit-zero"]), env=env, checkCode=True)
    rows = printed.map(lambda line: (line,))
    reports = spark.createDataFrame(rows, t.StructType([t.StructField("report", t.StringType())]))
    return reports.withColumn("of", f.from_json("report", SCHEMA)).select("of.*", "report")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input")
    parser.add_argument("output", help="a folder that is not there yet")
    parser.add_argument("--forewarn", default="forewarn", help="the program on the workers [default: forewarn]")
    parser.add_argument("--id", help="of Parquet, the column that tells works apart [default: id]")
    parser.add_argument("--partitions", type=int, help="cut the input anew into so many parts")
    parser.epilog = "What stands behind `--` are options of `forewarn check`."
    given = sys.argv[1:]
    cut = given.index("--") if "--" in given else len(given)
    arguments, options = parser.parse_args(given[:cut]), given[cut + 1 :]

    spark = SparkSession.builder.appName("forewarn").getOrCreate()
    lines = records(spark, arguments.input, arguments.id)
    if arguments.partitions:
        lines = lines.repartition(arguments.partitions)
    check(spark, lines, [arguments.forewarn, "check", *options]).write.parquet(arguments.output)

    written = spark.read.parquet(arguments.output)
    works, refused = written.count(), written.where(f.col("error").isNotNull()).count()
    read = lines.count()
    print(f"{read} records given, {works} rows written, {refused} of them without a work")
    spark.stop()
    return 0 if read == works else 1


if __name__ == "__main__":
    sys.exit(main())
