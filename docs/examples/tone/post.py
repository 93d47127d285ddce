"""After the task: the tone that most workers chose."""

import json
from collections import Counter
from urllib.parse import urlparse

import boto3


def lambda_handler(event, context):
    return [
        {
            "datasetObjectId": item["datasetObjectId"],
            "consolidatedAnnotation": {"content": {event["labelAttributeName"]: label(item["annotations"])}},
        }
        for item in json.loads(read(event["payload"]["s3Uri"]))
    ]


def read(uri):
    place = urlparse(uri)
    return boto3.client("s3").get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"].read()


def label(annotations):
    votes = Counter()
    for annotation in annotations:
        data = annotation["annotationData"]
        answer = json.loads(data["content"] if "content" in data else read(data["s3Uri"]))
        votes.update(tone for tone, chosen in answer.get("tone", {}).items() if chosen)
    if not votes:
        return {"reason": "nobody chose a tone"}
    (tone, count), *_ = sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    return {"tone": tone, "votes": count}
