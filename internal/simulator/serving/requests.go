package serving

import (
	"maps"
	"net"
	"net/http"
	"sync"
)

// RequestCounts counts the requests to the server. Calls to the control endpoint are not counted.
type RequestCounts struct {
	Total int `json:"total"`
	// ByMethod counts by method, as the simulated platform calls it: a SOAP method's name ("PowerOnVM_Task"), the name of
	// ZStack's API ("CloneVmInstance"), or HTTP method and path with placeholders and action
	// ("POST /api/vcenter/vm?action=clone").
	ByMethod map[string]int `json:"by_method"`
	// Connections counts TCP connections, hence TLS handshakes, those of the control endpoint included.
	Connections int `json:"connections"`
}

// RequestCounter counts requests and connections. The zero value counts.
type RequestCounter struct {
	mu     sync.Mutex
	counts RequestCounts
	tell   func(Exchange) // nil: exchanges are not traced
}

// connection counts new connections. It is the ConnState hook of http.Server.
func (c *RequestCounter) connection(_ net.Conn, state http.ConnState) {
	if state != http.StateNew {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Connections++
}

// Counts returns the counts since the start or the last Reset.
func (c *RequestCounter) Counts() RequestCounts {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := c.counts
	counts.ByMethod = map[string]int{}
	maps.Copy(counts.ByMethod, c.counts.ByMethod)

	return counts
}

// Reset sets all counts to zero.
func (c *RequestCounter) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts = RequestCounts{}
}
