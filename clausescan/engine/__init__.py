"""Scans past one machine: documents in parts, each part read by one worker somewhere and written as one file.

    plan        what is read, cut into parts that have a name of their own
    storage     folders and addresses of files, by fsspec (s3://, gs://, hdfs:// ...) where they are not local
    scanner     one part: the workers of `bulk` read its documents, a writer of `report` writes them
    on_ray      Ray actors that each have a scanner, and are replaced when they fall

A part is named by the documents in it, with their sizes and times, and by what results depend on. So a scan that is called again
writes only the parts that are missing or have changed, whichever worker fell before.
"""
