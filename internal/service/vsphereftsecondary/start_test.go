package vsphereftsecondary

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// notYet is the title of the warning about a pair that does not run in time.
const notYet = "The FT secondary of vm-1 does not run yet"

// A creation waits until the pair runs, and asks seldom while it waits.
func TestStartAwaited(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]config{"by itself": {}, "approved": {"apply_drs_recommendation": true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const starts = 30 * time.Second
				fake := newFake()
				fake.starting = true
				if name == "approved" {
					fake.outcome.Recommendations = []vsphere.Recommendation{{Key: "7", ClusterID: "domain-c1", Reason: "power it on"}}
				}
				c := newCore(t, fake)
				time.AfterFunc(starts, fake.protect)
				began := time.Now()
				c.Apply(t.Context(), basic(changes)).Clean(t)
				if waited := time.Since(began); waited < starts || waited > starts+firstLook+startPauses.Longest {
					t.Errorf("it waited %s for a pair that starts for %s", waited, starts)
				}
				if asked := fake.made("FaultTolerance"); asked > 18 {
					t.Errorf("it asked %d times", asked)
				}
				c.Is("running", "state")
				c.recommended(0)
				c.Settled(basic(changes))
			})
		})
	}
}

// A pair that runs at once costs the creation one look, as before.
func TestStartNotAwaited(t *testing.T) {
	t.Parallel()
	const looks = 2 // before the creation, and after it
	for name, test := range map[string]struct {
		config  config
		outcome vsphere.SecondaryResult
		looks   int
	}{
		"runs":                {config{}, vsphere.SecondaryResult{PowerOnAttempted: true}, looks},
		"primary powered off": {config{}, vsphere.SecondaryResult{}, looks},
		"disabled":            {config{"enabled": false}, vsphere.SecondaryResult{PowerOnAttempted: true}, looks + 1},
		"not powered on": {config{}, vsphere.SecondaryResult{PowerOnAttempted: true, PowerOnFault: &apierr.Error{
			Kind: apierr.Insufficient, Code: "InsufficientResourcesFault",
		}}, looks},
		"not approved": {config{}, vsphere.SecondaryResult{Recommendations: []vsphere.Recommendation{{Key: "7"}}}, looks},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				fake.outcome = test.outcome
				fake.starting = name != "runs"
				c := newCore(t, fake)
				began := time.Now()
				c.Apply(t.Context(), basic(test.config))
				c.Is(fake.pair().SecondaryID, "id")
				if waited := time.Since(began); waited > firstLook || c.Tainted {
					t.Errorf("it waited %s; tainted: %t", waited, c.Tainted)
				}
				if asked := fake.made("FaultTolerance"); asked != test.looks {
					t.Errorf("it asked %d times, want %d", asked, test.looks)
				}
			})
		})
	}
}

// A pair that does not run in time is a warning, and nothing is left to do: the next refresh tells when it runs.
func TestStartTakesTooLong(t *testing.T) {
	t.Parallel()
	away := &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}
	for name, test := range map[string]struct {
		timeout string
		fails   bool // no look succeeds
		atMost  time.Duration
	}{
		"by the fixed bound":   {"1h", false, startWait},
		"by timeouts.create":   {"20s", false, 20 * time.Second},
		"and it can't be read": {"1h", true, startWait},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				fake.starting = true
				looks := 0
				fake.before["FaultTolerance"] = func(ctx context.Context, _ *fakeVSphere) error {
					if looks++; test.fails && looks > 2 {
						return away
					}

					return ctx.Err()
				}
				c := newCore(t, fake)
				wanted := basic(config{"timeouts": config{"create": test.timeout}})
				began := time.Now()
				c.Apply(t.Context(), wanted).Warned(t, notYet)
				if waited := time.Since(began); waited < test.atMost/2 || waited > test.atMost+firstLook {
					t.Errorf("it waited %s, want %s at most", waited, test.atMost)
				}
				if c.Tainted {
					t.Error("it is tainted")
				}
				c.Is("starting", "state")
				delete(fake.before, "FaultTolerance")
				c.Settled(wanted)
				fake.protect()
				c.Settled(wanted)
				c.Is("running", "state")
			})
		})
	}
}

// An interruption ends the wait without a word: the pair is complete.
func TestStartInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		fake.starting = true
		c := newCore(t, fake)
		began := time.Now()
		c.Apply(playedcli.Interrupted(t, 10*time.Second), basic()).Clean(t)
		if waited := time.Since(began); waited > 10*time.Second || c.Tainted {
			t.Errorf("it waited %s; tainted: %t", waited, c.Tainted)
		}
		c.Is("starting", "state")
		c.Settled(basic())
	})
}
