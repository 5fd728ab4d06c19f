package conn

import (
	"net/http"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// newTransport makes the one HTTP transport of a client, under SOAP and REST alike, which also learns vCenter's clock.
func newTransport(c Config, host string, clock *serverClock) (*httpapi.Transport, error) {
	trust := httpapi.Trust{
		Host: host, Thumbprint: c.Thumbprint, CACertificate: c.CACertificate, AllowUnverifiedTLS: c.AllowUnverifiedTLS,
	}
	config, err := trust.TLS()
	if err != nil {
		return nil, err
	}

	return httpapi.NewTransport("vCenter", config, c.LargestAnswer, c.Logger, func(answer *http.Response) {
		clock.observe(answer.Header.Get("Date"), time.Now())
	}), nil
}
