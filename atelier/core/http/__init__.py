"""What every HTTP operation shares: bodies, answers, problems, pages, their documentation."""
