package vsphere

import (
	"maps"
	"net"
	"net/http"
	"sync"
)

// RequestCounts says what was asked of the server. Calls to the control endpoint are not counted.
type RequestCounts struct {
	Total int `json:"total"`
	// ByMethod counts by method: a SOAP method's name ("PowerOnVM_Task"), or HTTP method and path with placeholders and
	// action ("POST /api/vcenter/vm?action=clone").
	ByMethod map[string]int `json:"by_method"`
	// Connections counts TCP connections, hence TLS handshakes, those of the control endpoint included.
	Connections int `json:"connections"`
}

type requestCounter struct {
	mu     sync.Mutex
	counts RequestCounts
}

func (c *requestCounter) count(method string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts.ByMethod == nil {
		c.counts.ByMethod = map[string]int{}
	}
	c.counts.Total++
	c.counts.ByMethod[method]++
}

// connection is the hook of http.Server that tells of new connections.
func (c *requestCounter) connection(_ net.Conn, state http.ConnState) {
	if state != http.StateNew {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Connections++
}

// Requests returns how many requests came since the server started or ResetRequests was called.
func (s *Server) Requests() RequestCounts {
	s.requests.mu.Lock()
	defer s.requests.mu.Unlock()
	counts := s.requests.counts
	counts.ByMethod = map[string]int{}
	maps.Copy(counts.ByMethod, s.requests.counts.ByMethod)

	return counts
}

// ResetRequests sets all request counts to zero.
func (s *Server) ResetRequests() {
	s.requests.mu.Lock()
	defer s.requests.mu.Unlock()
	s.requests.counts = RequestCounts{}
}
