"""The register of case leads as a whole: batches looked at again, and compared with another."""
