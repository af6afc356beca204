"""What reads an episode, a show or a feed back, and says what is wrong with it. Nothing here writes."""
