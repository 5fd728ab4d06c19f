package httpapi

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// longestTail is what may be left of an answer when its reader has enough: what ends a chunked one, and some white space.
const longestTail = 4 << 10

// ErrAnswerTooLarge is in the chain of the error for an answer beyond the bound.
var ErrAnswerTooLarge = errors.New("the answer is too large")

// boundedBody fails a read beyond the bound instead of filling the memory.
type boundedBody struct {
	io.ReadCloser

	largest, left int64
	patience      time.Duration // for what is left at the end
}

func newBoundedBody(body io.ReadCloser, largest int64, patience time.Duration) *boundedBody {
	return &boundedBody{ReadCloser: body, largest: largest, left: largest, patience: patience}
}

// Read implements [io.Reader].
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("%w: more than %d MiB", ErrAnswerTooLarge, b.largest>>20)
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)

	return n, err //nolint:wrapcheck // a reader passes io.EOF on as it is
}

// Close reads what little is left before it closes: a decoder of XML stops at the last tag, and a connection whose answer was
// not read to its end is not used again, so that the next request would begin with a handshake. An answer that goes on is not
// waited for.
func (b *boundedBody) Close() error {
	impatience := time.AfterFunc(b.patience, func() { _ = b.ReadCloser.Close() })
	defer impatience.Stop()
	_, _ = io.CopyN(io.Discard, b.ReadCloser, longestTail)

	return b.ReadCloser.Close() //nolint:wrapcheck // a body's own error
}
