package zstack

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
)

// newUUID returns a random uuid in the platform's form: 32 lower-case hex digits.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80

	return hex.EncodeToString(b[:])
}

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

func isUUID(text string) bool { return uuidPattern.MatchString(text) }
