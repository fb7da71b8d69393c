"""Matrix: the client-server API of any homeserver, as Synapse 1.163 speaks it."""
