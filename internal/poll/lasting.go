package poll

import "time"

// endsLater is how much later than usual a task may end and still be seen ended by the first question.
const endsLater = 8 * time.Millisecond

// Lasting is how long tasks of a kind lately took, by the times that the platform tells: their mean, and how far off it the last
// ones were. The zero value knows nothing.
type Lasting struct {
	known           bool
	mean, deviation time.Duration
}

// Saw learns from a task that ended.
func (l *Lasting) Saw(lasted time.Duration) {
	if !l.known {
		l.known, l.mean = true, lasted
	}
	l.deviation = (3*l.deviation + (lasted - l.mean).Abs()) / 4
	l.mean = (3*l.mean + lasted) / 4
}

// Likely returns how long after its start most of such tasks have ended, and false when nothing is known.
func (l *Lasting) Likely() (time.Duration, bool) { return l.mean + l.deviation + endsLater, l.known }
