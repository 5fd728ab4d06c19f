package fakezstack

import (
	"maps"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// PendingEnd is a way in which what a job makes for a resource that is pending ends, on a ZStack F.
type PendingEnd[F any] struct {
	End func(f F, j *Job)
	// Refresh is what a refresh says; empty: nothing. Then the object is there, or it is dropped from the state, or neither: a plan
	// adopts it, or replaces it where the job is forgotten.
	Refresh   string
	Made      bool
	Dropped   bool
	Forgotten bool
	// Apply and Destroy are what an apply without a refresh, and a destroy, say; empty: nothing.
	Apply, Destroy string
}

// PendingEnds are the ways by name that every resource has, and the resource's own.
func PendingEnds[F any](own map[string]PendingEnd[F]) map[string]PendingEnd[F] {
	as := func(goes Behaviour) func(f F, j *Job) {
		return func(_ F, j *Job) { j.Release(goes) }
	}
	const (
		notMade   = "was not created"
		notThere  = "is still not there"
		nobody    = "nobody knows yet whether it exists"
		unsettled = "Nobody knows yet"
	)
	ends := map[string]PendingEnd[F]{
		"made":                           {End: as(Succeeds), Made: true},
		"made, and the job does not end": {End: as(ImmortalDone), Made: true},
		"made, and purged":               {End: as(UnknownDone), Made: true},
		"failed":                         {End: as(Fails), Refresh: notMade + " by the earlier apply", Dropped: true, Apply: "SYS.1006"},
		"gave up":                        {End: as(GaveUp), Refresh: unsettled, Apply: notThere, Destroy: nobody},
		"purged, and not made":           {End: as(Unknown), Refresh: notMade + " by the earlier apply", Dropped: true, Apply: notMade},
		"running":                        {End: func(F, *Job) {}, Refresh: "is still being created", Apply: notThere, Destroy: nobody},
		"can't be asked for": {
			End:     func(_ F, j *Job) { j.AskErr = Fault(apierr.Internal, "SYS.1000", j.node.Subject) },
			Refresh: unsettled, Apply: notThere, Destroy: nobody,
		},
	}
	maps.Copy(ends, own)

	return ends
}
