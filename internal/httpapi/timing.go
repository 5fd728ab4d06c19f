package httpapi

import (
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

// The times of a client.
const (
	// ContactLimit bounds the first request, whatever the request timeout is: it asks for what every server has at hand.
	ContactLimit = 20 * time.Second
	// quietTime is how long a server that could not be reached is not asked again. The CLI plans many resources, and each
	// would wait as long as the first.
	quietTime = 30 * time.Second
	// batchLimit bounds a shared call with all its repetitions, since no caller's context does.
	batchLimit = 5 * time.Minute

	busyPatience   = 2 * time.Minute  // with an object that is busy, when ctx has no deadline of its own
	refusePatience = 2 * time.Minute  // with a service that refuses work
	longestAsked   = 30 * time.Second // of the pauses that a server may ask for: a longer one is cut

	handshakeLimit = 15 * time.Second
	// idleConnection is less than what load balancers in front of a platform allow: a request that cannot be repeated should
	// not meet a connection that the other side is just closing.
	idleConnection = 30 * time.Second
	// tailPatience is how long the end of an answer is waited for, when its reader has enough.
	tailPatience = 100 * time.Millisecond
)

// Pauses are those between the attempts at one request.
var Pauses = backoff.Series{First: 200 * time.Millisecond, Longest: 5 * time.Second}
