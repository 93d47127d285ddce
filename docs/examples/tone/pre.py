"""Before the task: the message and the tones to choose from."""


def lambda_handler(event, context):
    task_input = {"text": event["dataObject"]["source"], "labels": ["angry", "pleased", "neutral"]}
    return {"taskInput": task_input, "isHumanAnnotationRequired": True}
