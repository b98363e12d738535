"""Speed, as ratios against a reference in the same run. Figures of one machine mean little alone.

Each module measures one promise of the product and yields `Figure`s; `python -m bench` runs all,
`python -m bench retier` one. SCALE (default 0.1) scales the row counts; 1 is full size.
"""
