package zstack

import "time"

const (
	defaultVMs            = 20
	defaultSessionTimeout = 7200 * time.Second
	defaultVersion        = "5.2.1"
)

// DeletionPolicy is how a VM or a volume is deleted.
type DeletionPolicy string

// The deletion policies of the platform. The zero value is DeletionDelay.
const (
	DeletionDelay  DeletionPolicy = "Delay"  // it is Destroyed (volumes: Deleted) until it is expunged
	DeletionDirect DeletionPolicy = "Direct" // it is removed at once
	DeletionNever  DeletionPolicy = "Never"  // as Delay, but only a user expunges it
)

// Options configure a server. The zero value is useful: TLS on a free port of the loopback interface, 20 VMs,
// jobs without delay.
type Options struct {
	// Address is the host and port to listen on; empty means a free port of the loopback interface.
	Address string
	// VMs is the number of running VMs vm-0…, besides golden and golden-stopped; 0 means 20 and a negative number none.
	VMs int
	// Password is the account's; empty means "password".
	Password string
	// TaskDuration is how long a job runs before it takes effect.
	TaskDuration time.Duration
	// Latency delays every request, except those to the control endpoint.
	Latency time.Duration
	// InsecureHTTP serves plain HTTP.
	InsecureHTTP bool
	// FloatNumbers writes integers as some versions of the platform do: 1.0, 8.589934592E9.
	FloatNumbers bool
	// SessionTimeout is how long a session lives without being used; 0 means two hours.
	SessionTimeout time.Duration
	// DeletionPolicy is how VMs and volumes are deleted; empty means DeletionDelay.
	DeletionPolicy DeletionPolicy
	// Version is what the management node says of itself; empty means "5.2.1". From it depends whether deletions of snapshots take a
	// scope and a direction: those from 4.10.6 on do, of the releases 4.10.
	Version string
	// CheckTimeZone is the platform's global configuration checkTimeZone: the Date of a signed request names a moment by its zone. Without it the
	// clocks' faces are compared.
	CheckTimeZone bool
	// Clock returns the server's time, in the zone that it writes dates in; nil means the real time in UTC. Jobs take real
	// time in any case.
	Clock func() time.Time
}

func (o Options) withDefaults() Options {
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	if o.VMs == 0 {
		o.VMs = defaultVMs
	}
	if o.Password == "" {
		o.Password = adminPassword
	}
	if o.SessionTimeout == 0 {
		o.SessionTimeout = defaultSessionTimeout
	}
	if o.DeletionPolicy == "" {
		o.DeletionPolicy = DeletionDelay
	}
	if o.Version == "" {
		o.Version = defaultVersion
	}
	if o.Clock == nil {
		o.Clock = func() time.Time { return time.Now().UTC() }
	}

	return o
}
