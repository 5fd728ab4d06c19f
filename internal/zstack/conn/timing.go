package conn

import "time"

const (
	// defaultRequestTimeout bounds one request and its answer, unless configured.
	defaultRequestTimeout = 60 * time.Second
	// answerGrace is how long a request with an effect may still wait for its answer after its caller was cancelled: most
	// answers are only milliseconds away.
	answerGrace = time.Second
	// logoutTimeout bounds the logout: a server that hangs must not hold up the end of the process.
	logoutTimeout = 5 * time.Second
	// clockTolerance is how far a signed request's time may be from the server's.
	clockTolerance = 15 * time.Minute
)
