package serving_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestListenerIsTrustedByItsCertificate(t *testing.T) {
	t.Parallel()
	listener, err := serving.Listen("127.0.0.1:0", false, "the simulator")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var counter serving.RequestCounter
	listener.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }), &counter)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(listener.CACertificate())) {
		t.Fatalf("no certificate: %q", listener.CACertificate())
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	answer, err := client.Get(listener.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	certificate := answer.TLS.PeerCertificates[0]
	if certificate.Subject.CommonName != "the simulator" || answer.Proto != "HTTP/1.1" {
		t.Errorf("%s of %s", answer.Proto, certificate.Subject)
	}
	if sha1, sha256 := listener.ThumbprintSHA1(), listener.Thumbprint(); strings.Count(sha1, ":") != 19 || strings.Count(sha256, ":") != 31 {
		t.Errorf("thumbprints %s %s", sha1, sha256)
	}
	if got := counter.Counts().Connections; got != 1 {
		t.Errorf("%d connections", got)
	}
}

func TestListenerWithoutTLS(t *testing.T) {
	t.Parallel()
	listener, err := serving.Listen("127.0.0.1:0", true, "the simulator")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() // before Serve
	if got := listener.Thumbprint() + listener.ThumbprintSHA1() + listener.CACertificate(); got != "" {
		t.Errorf("a certificate: %q", got)
	}
	if want := "http://" + listener.Endpoint(); listener.URL() != want {
		t.Errorf("got %s, want %s", listener.URL(), want)
	}
	for _, address := range []string{listener.Endpoint(), "nonsense"} {
		if second, err := serving.Listen(address, true, "the simulator"); err == nil || !strings.Contains(err.Error(), address) {
			t.Errorf("listens on %s: %v %v", address, second, err)
		}
	}
}

// TestListenerCloseWaits shows that nothing works on a request once Close has returned.
func TestListenerCloseWaits(t *testing.T) {
	t.Parallel()
	listener, err := serving.Listen("127.0.0.1:0", true, "the simulator")
	if err != nil {
		t.Fatal(err)
	}
	entered, leave, left := make(chan struct{}), make(chan struct{}), make(chan struct{})
	listener.Serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-leave
		close(left)
	}), &serving.RequestCounter{})
	failed := make(chan error, 1)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	go func() {
		answer, err := client.Post(listener.URL(), "text/plain", nil)
		if err == nil {
			answer.Body.Close()
		}
		failed <- err
	}()
	<-entered
	closed := make(chan struct{})
	go func() {
		listener.Close()
		select {
		case <-left:
		default:
			t.Error("Close did not wait for the request")
		}
		close(closed)
	}()
	if err := <-failed; err == nil {
		t.Error("the connection was not cut")
	}
	close(leave)
	<-closed
	listener.Close() // twice is harmless
}

func TestFaultBox(t *testing.T) {
	t.Parallel()
	var box serving.FaultBox[string]
	box.Add(serving.FaultSchedule{Method: "A", Skip: 1}, "second A")
	box.Add(serving.FaultSchedule{Method: "A", Where: serving.FaultInTask, Times: 2}, "A's task")
	box.Add(serving.FaultSchedule{Times: -1}, "any")
	take := func(method string, where serving.FaultWhere) string {
		if taken := box.Take(method, where); taken != nil {
			return *taken
		}

		return "none"
	}
	got := []string{
		take("A", serving.FaultAtCall), take("A", serving.FaultAtCall), take("A", serving.FaultAtCall), take("B", serving.FaultAtCall),
		take("B", serving.FaultInTask), take("A", serving.FaultInTask), take("A", serving.FaultInTask), take("A", serving.FaultInTask),
	}
	want := []string{"any", "second A", "any", "any", "none", "A's task", "A's task", "none"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if taken := box.TakeIf("A", serving.FaultAtCall, func(fault string) bool { return fault != "any" }); taken != nil {
		t.Errorf("got %s, which concerns no request", *taken)
	}
	box.Clear()
	if got := take("A", serving.FaultAtCall); got != "none" {
		t.Errorf("after Clear: %s", got)
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"200ms"`: "200ms", `""`: "0s", `"soon"`: "error", `5`: "error", `null`: "0s",
	} {
		got := "error"
		var duration serving.Duration
		if err := json.Unmarshal([]byte(text), &duration); err == nil {
			got = time.Duration(duration).String()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestTakes(t *testing.T) {
	t.Parallel()
	handler := serving.Takes(func(body struct{ Name string }, _ *http.Request) error {
		if body.Name == "refused" {
			return fmt.Errorf("%s is", body.Name)
		}

		return nil
	})
	for body, want := range map[string]string{
		`{"name":"a"}`: "204 ", ``: "204 ", `{"name":"refused"}`: `400 {"error":"refused is"}`,
		`{"other":1}`: `400 {"error":"json: unknown field \"other\""}`,
	} {
		recorder := httptest.NewRecorder()
		handler(recorder, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
		if got := fmt.Sprint(recorder.Code, " ", recorder.Body); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
}

func TestRequestCounter_trace(t *testing.T) {
	t.Parallel()
	var (
		counter serving.RequestCounter
		told    []string
	)
	counter.Count("untold")()
	counter.Trace(func(one serving.Exchange) { told = append(told, one.Method) })
	first, second := counter.Count("first"), counter.Count("second")
	second()
	first()
	counter.Trace(nil)
	counter.Count("untold")()
	if counts := counter.Counts(); !slices.Equal(told, []string{"second", "first"}) || counts.Total != 4 || counts.ByMethod["untold"] != 2 {
		t.Errorf("told %v, counted %v", told, counts)
	}
}
