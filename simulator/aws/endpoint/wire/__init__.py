"""How AWS's services read requests and write answers, from the models that botocore ships."""
