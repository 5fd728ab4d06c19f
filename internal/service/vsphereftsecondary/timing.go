package vsphereftsecondary

import (
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

// startWait bounds how long a creation waits until the pair runs. A secondary that vCenter has powered on catches up with the primary's
// memory within seconds, or a minute where the memory is large and changes fast; one that takes longer lacks something that waiting does
// not bring.
const startWait = 2 * time.Minute

// firstLook is how long after the end of its task a new pair whose secondary was powered on is read first: no pair runs at once, and one
// read is saved where it runs by then. It is the same for all pairs, so that those which are created together are read in one call.
const firstLook = 50 * time.Millisecond

// startPauses are those between two looks at a pair that starts.
var startPauses = backoff.Series{First: 500 * time.Millisecond, Longest: 5 * time.Second}
