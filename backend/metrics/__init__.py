"""Daily figures of the programme: one row a day, figure and part, counted by the job.

Each package says how its figures are counted (`kit.figures`); this one keeps them, restates the
days that are not over, and shows them. Main rule: a figure is a count and never a person.
"""
