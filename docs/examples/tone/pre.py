"""Before the task: the message and the tones to choose from."""


def lambda_handler(event, context):
    text = event["dataObject"].get("source")
    if not text:
        raise ValueError("the manifest line has no source: the message itself belongs there")
    task_input = {"text": text, "labels": ["angry", "pleased", "neutral"]}
    return {"taskInput": task_input, "isHumanAnnotationRequired": True}
