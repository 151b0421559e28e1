"""领导联系结对: who is paired with whom, and the visits that are owed."""
