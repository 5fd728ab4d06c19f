package serving

import "time"

// Exchange is a request that was answered, as the server saw it.
type Exchange struct {
	Method string // as in RequestCounts.ByMethod
	Came   time.Time
	Took   time.Duration // until the answer was written, or the connection closed
}

// Trace calls tell for every exchange that begins from now on, when it has ended. Calls may overlap. A nil function ends
// the trace.
func (c *RequestCounter) Trace(tell func(Exchange)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tell = tell
}

// Count counts a request. The caller calls the returned function when the request was answered.
func (c *RequestCounter) Count(method string) (answered func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts.ByMethod == nil {
		c.counts.ByMethod = map[string]int{}
	}
	c.counts.Total++
	c.counts.ByMethod[method]++
	if c.tell == nil {
		return func() {}
	}
	tell, came := c.tell, time.Now()

	return func() { tell(Exchange{Method: method, Came: came, Took: time.Since(came)}) }
}
