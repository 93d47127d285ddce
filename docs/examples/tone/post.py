"""After the task: the tone that most workers chose."""

import json
from collections import Counter
from urllib.parse import urlparse

import boto3


def lambda_handler(event, context):
    place = urlparse(event["payload"]["s3Uri"])
    payload = boto3.client("s3").get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"].read()
    return [
        {
            "datasetObjectId": item["datasetObjectId"],
            "consolidatedAnnotation": {"content": {event["labelAttributeName"]: label(item["annotations"])}},
        }
        for item in json.loads(payload)
    ]


def label(annotations):
    votes = Counter()
    for annotation in annotations:
        answer = json.loads(annotation["annotationData"]["content"])
        votes.update(tone for tone, chosen in answer["tone"].items() if chosen)
    (tone, count), *_ = sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    return {"tone": tone, "votes": count}
