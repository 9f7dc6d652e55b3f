"""The actions of S3, DynamoDB, SQS and SNS that the engine behind them does not have.

`tests/integration/integrations/test_engine_gaps.py` compares this list with moto, which is not imported here.
"""

from __future__ import annotations

_GAPS = {
    "s3": """
        CreateBucketMetadataConfiguration CreateBucketMetadataTableConfiguration CreateSession
        DeleteBucketAnalyticsConfiguration DeleteBucketIntelligentTieringConfiguration
        DeleteBucketInventoryConfiguration DeleteBucketMetadataConfiguration DeleteBucketMetadataTableConfiguration
        DeleteBucketMetricsConfiguration DeleteObjectAnnotation GetBucketAbac GetBucketAnalyticsConfiguration
        GetBucketIntelligentTieringConfiguration GetBucketMetadataConfiguration GetBucketMetadataTableConfiguration
        GetBucketMetricsConfiguration GetBucketRequestPayment GetObjectAnnotation GetObjectRetention GetObjectTorrent
        ListBucketAnalyticsConfigurations ListBucketIntelligentTieringConfigurations ListBucketMetricsConfigurations
        ListDirectoryBuckets ListObjectAnnotations PutBucketAbac PutBucketAnalyticsConfiguration
        PutBucketIntelligentTieringConfiguration PutBucketMetricsConfiguration PutBucketNotification
        PutBucketRequestPayment PutObjectAnnotation RenameObject UpdateBucketMetadataAnnotationTableConfiguration
        UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration
        UpdateObjectEncryption WriteGetObjectResponse
    """,
    "dynamodb": """
        CancelBulkOperation CreateGlobalTable DescribeBulkOperation DescribeContributorInsights DescribeGlobalTable
        DescribeGlobalTableSettings DescribeKinesisStreamingDestination DescribeTableReplicaAutoScaling
        DisableKinesisStreamingDestination EnableKinesisStreamingDestination ListBulkOperations
        ListContributorInsights ListGlobalTables ListImports SearchVectors StartBulkPutItems
        UpdateContributorInsights UpdateGlobalTable UpdateGlobalTableSettings UpdateKinesisStreamingDestination
        UpdateTableReplicaAutoScaling
    """,
    "sqs": "CancelMessageMoveTask ListMessageMoveTasks StartMessageMoveTask",
    "sns": """
        CreateSMSSandboxPhoneNumber DeleteSMSSandboxPhoneNumber GetDataProtectionPolicy GetSMSSandboxAccountStatus
        ListOriginationNumbers ListSMSSandboxPhoneNumbers PutDataProtectionPolicy VerifySMSSandboxPhoneNumber
    """,
}
ENGINE_GAPS = {service: frozenset(names.split()) for service, names in _GAPS.items()}
"""botocore's name of the service -> operations."""
