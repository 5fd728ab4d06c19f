package conn

import "time"

// The times of a connection.
const (
	defaultRequestTimeout = 60 * time.Second // for a request and its answer, unless the configuration says otherwise
	// answerGrace is how long a request with an effect may still wait for its answer after its caller was cancelled: most
	// answers are only milliseconds away, and a task whose id is known can be settled where a lost answer must be searched for.
	answerGrace = time.Second
	// keepAlivePause is well under the 30 minutes after which vCenter drops an idle session.
	keepAlivePause = 10 * time.Minute
	// logoutTimeout bounds the logout: a server that hangs must not hold up the end of the process.
	logoutTimeout = 5 * time.Second
)
