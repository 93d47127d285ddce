"""What the Lambda handlers share: the service's messages, S3 access, the workflow's settings, consolidation.

Standard library only, so that it deploys as it is; boto3 (which Lambda's Python has) is imported inside ``storage``.
"""
