//! Publish, request, grant, retrieve and audit for people: keystore, agent, HTTP caller.
