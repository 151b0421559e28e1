"""机构人员: units, people, posts and absences, one by one; a whole directory comes by an import."""
