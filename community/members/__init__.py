"""Members: who a borrower is among her peers, under a name that leads nowhere.

A handle is drawn by chance, never chosen, so that no name or number of hers can be in it. She may
draw another every 90 days. She sees nothing more of those whom she blocks. There are no messages
from member to member, and no badge is shown.
"""
