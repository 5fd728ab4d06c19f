package httpapi

import (
	"errors"
	"net/http"
	"testing"
)

func TestBoundedBody(t *testing.T) {
	t.Parallel()
	body := newBoundedBody(http.NoBody, 0)
	if _, err := body.Read(make([]byte, 1)); !errors.Is(err, ErrAnswerTooLarge) {
		t.Errorf("error %v", err)
	}
}
