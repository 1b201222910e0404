"""Video calls by address: Jitsi and every service that opens a room when somebody goes to its address; or one static bridge."""
