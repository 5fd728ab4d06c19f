package zstack

import (
	"crypto/rand"
	"encoding/hex"
)

// NewUUID makes a uuid as ZStack writes them: 32 lower-case hexadecimal digits of a random UUID (RFC 9562, version 4).
func NewUUID() string {
	var bytes [16]byte
	_, _ = rand.Read(bytes[:]) // it never fails
	bytes[6] = bytes[6]&0x0f | 0x40
	bytes[8] = bytes[8]&0x3f | 0x80

	return hex.EncodeToString(bytes[:])
}

// isUUID reports whether text can be a uuid: ZStack's own are 32 hexadecimal digits. What can't must not get into a path or
// a comma list.
func isUUID(text string) bool {
	if len(text) != 32 {
		return false
	}
	_, err := hex.DecodeString(text)

	return err == nil
}
